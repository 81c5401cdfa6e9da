"""What a cell's source tells: the data that it reads and writes, as far as it names it."""

import time

import pytest

from trailbook.facets import READ, WRITTEN, facets


def data(source: str, language: str = "python") -> list[tuple[str, str]]:
    return [(name.path, name.role) for name in facets(source, language).data]


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ('import pandas as pd\ndf = pd.read_csv("x.csv")', "x.csv"),
        ("df = pd.read_parquet('a/b.parquet', columns=['c'])", "a/b.parquet"),
        ('pd.read_csv(filepath_or_buffer="x.csv", sep=";")', "x.csv"),
        ('pl.scan_csv("x.csv").collect()', "x.csv"),
        ('with open("notes.txt") as f:\n    f.read()', "notes.txt"),
        ('json.load(open("a.json", "rb"))', "a.json"),
        ('np.load("x.npy")', "x.npy"),
        ('joblib.load("model.joblib")', "model.joblib"),
        ('Path("x.txt").read_text()', "x.txt"),
        ('(Path("data") / "x.txt").read_bytes()', "data/x.txt"),
        ('pathlib.Path("data", "x.txt").open()', "data/x.txt"),
        ('pd.read_csv(os.path.join("data", "x.csv"))', "data/x.csv"),
        ('NAME = "x.csv"\npd.read_csv(NAME)', "x.csv"),
        ('folder = Path("in")\npd.read_csv(folder / "x.csv")', "in/x.csv"),
        ('%time df = 1\ndf = pd.read_csv("x.csv")', "x.csv"),
        ('%%time\ndf = pd.read_csv("x.csv")', "x.csv"),
        ('!ls -l\nfiles = !ls\ndf = pd.read_csv("x.csv")', "x.csv"),
        ('df?\npd.read_csv("x.csv")', "x.csv"),
        ('if True:\n    %matplotlib inline\n    pd.read_csv("x.csv")', "x.csv"),
        ('await f(\npd.read_csv("x.csv")', "x.csv"),
        ('pd.read_csv("https://example.org/x.csv")', "https://example.org/x.csv"),
        ('pd.read_csv("gr\\\\oß é.csv")', "gr\\oß é.csv"),
    ],
)
def test_data_that_is_read(source: str, path: str) -> None:
    assert data(source) == [(path, READ)]


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ('df.to_csv("out.csv", index=False)', "out.csv"),
        ('open("out.txt", "w").write("x")', "out.txt"),
        ('open("out.txt", mode="ab")', "out.txt"),
        ('Path("out.txt").write_text("x")', "out.txt"),
        ('np.save("x.npy", a)', "x.npy"),
        ('plt.savefig("plot.png", dpi=90)', "plot.png"),
        ('joblib.dump(model, "m.joblib")', "m.joblib"),
        ('torch.save(model.state_dict(), "m.pt")', "m.pt"),
    ],
)
def test_data_that_is_written(source: str, path: str) -> None:
    assert data(source) == [(path, WRITTEN)]


def test_a_database_is_read_and_written() -> None:
    assert data('sqlite3.connect("a.db")') == [("a.db", READ), ("a.db", WRITTEN)]
    assert data('open("a", "r+")') == [("a", READ), ("a", WRITTEN)]


@pytest.mark.parametrize(
    ("source", "pattern"),
    [
        ('glob.glob("data/*.csv")', "data/*.csv"),
        ('list(Path("data").glob("*.csv"))', "data/*.csv"),
        ('for f in Path("data").rglob("*.csv"):\n    pd.read_csv(f)', "data/**/*.csv"),
    ],
)
def test_patterns_that_are_named(source: str, pattern: str) -> None:
    (name,) = facets(source, "python").data
    assert (name.path, name.is_pattern) == (pattern, True)


@pytest.mark.parametrize(
    "source",
    [
        "pd.read_csv(path)",
        'pd.read_csv(f"{folder}/x.csv")',
        "pd.read_json('{\"a\": 1}')",
        "df.to_csv()",
        'name = "a.csv"\nname = "b.csv"\npd.read_csv(name)',
        'for name in "ab":\n    pd.read_csv(name)',
        '%%bash\ncat "x.csv"',
        '# pd.read_csv("x.csv")',
        "print(\"pd.read_csv('x.csv')\")",
        'json.load("x")',
        'webbrowser.open("x.html")',
        'pd.read_csv("a\\nb")',
        'pd.read_csv("a\\0b")',
        "",
        "\0",
        "(" * 5000,
        'open("a"' + ' / "b"' * 20_000 + ")",
        "x = " + "-" * 90_000 + "1",
    ],
)
def test_what_names_no_data(source: str) -> None:
    assert data(source) == []


@pytest.mark.parametrize(
    ("source", "path", "role"),
    [
        ('df <- read.csv("x.csv", sep = ";")', "x.csv", READ),
        ("df <- readr::read_csv(file = 'x.csv')", "x.csv", READ),
        ('model <- readRDS("m.rds")', "m.rds", READ),
        ('dt <- fread("x.tsv")', "x.tsv", READ),
        ('write.csv(df, "out.csv", row.names = FALSE)', "out.csv", WRITTEN),
        ('write.csv(head(df), file = "out.csv")', "out.csv", WRITTEN),
        ('saveRDS(fit, file = "m.rds")', "m.rds", WRITTEN),
        ('ggsave("plot.png", p)', "plot.png", WRITTEN),
    ],
)
def test_data_in_r(source: str, path: str, role: str) -> None:
    assert data(source, "R") == [(path, role)]


def test_a_comment_in_r_names_nothing() -> None:
    assert data('# read.csv("x.csv")', "R") == []


def test_another_language_tells_nothing() -> None:
    assert data('read_csv("x.csv")', "julia") == []


def test_a_name_that_comes_twice_is_told_once_and_many_are_bounded() -> None:
    assert len(data('pd.read_csv("x.csv")\npd.read_csv("x.csv")')) == 1
    assert len(data("\n".join(f'open("{n}.txt")' for n in range(500)))) == 100


@pytest.mark.parametrize("language", ["python", "R"])
@pytest.mark.parametrize(
    "source",
    [
        "write.csv(" + "(a) " * 30_000, "x(" * 60_000, 'write.csv(a,"' * 10_000, "%" * 200_000,
        "\n" * 200_000, "\n " * 100_000, " " * 100_000 + "a " * 50_000, "1_" * 100_000,
        "a" * 100_000 + " " * 100_000, "a." * 100_000, "a," * 100_000 + "=", "?\n" * 20_000,
    ],
)  # fmt: skip
def test_no_source_takes_long(source: str, language: str) -> None:
    before = time.process_time()
    facets(source, language)
    assert time.process_time() - before < 2
