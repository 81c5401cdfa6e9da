# Bob tries to beat the limit on one measurement.

# %% bob writes title
# # Models
#
# Everything is measured by `judge`: cross-validation on the working part only.

# %% bob runs imports
from second_look import X_work, folds, judge, spared, y_work
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# %% bob runs model
# Hypothesis: a logistic regression is enough.
score = judge(LogisticRegression())

# %% bob runs model
# Hypothesis: it did not converge because the columns are not scaled.
score = judge(make_pipeline(StandardScaler(), LogisticRegression()))

# %% bob notes model: note
# AUC went up and the share spared went down: a few malignant samples now score very low. AUC is
# not our measure.

# %% bob runs model
# Hypothesis: the ten 'worst' columns carry all the signal.
worst = [name for name in X_work if name.startswith("worst")]
score = judge(make_pipeline(StandardScaler(), LogisticRegression()), worst)

# %% bob notes model: dead-end
# Far worse: without the other columns some malignant samples look harmless.

# %% bob runs model
# Hypothesis: it is too sure of itself; more regularisation.
score = judge(make_pipeline(StandardScaler(), LogisticRegression(C=0.1)))

# %% bob runs sweep
import matplotlib.pyplot as plt

strengths = [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10]
shares = []
for C in strengths:
    model = make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=2000))
    shares.append(spared(y_work, judge(model)))
figure, axes = plt.subplots(figsize=(6, 3))
axes.semilogx(strengths, shares, marker="o")
axes.set(xlabel="C (to the left: more regularisation)", ylabel="spared");

# %% bob runs balanced
score = judge(make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced")))

# %% bob notes balanced: dead-end
# Weighting the classes makes it worse: 0.494 against 0.584 without.

# %% bob deletes balanced

# %% bob runs forest
from sklearn.ensemble import RandomForestClassifier

score = judge(RandomForestClassifier(n_estimators=50, random_state=0))

# %% bob runs forest
from sklearn.ensemble import RandomForestClassifier

score = judge(RandomForestClassifier(n_estimators=200, random_state=0))

# %% bob runs forest
from sklearn.ensemble import RandomForestClassifier

score = judge(RandomForestClassifier(n_estimators=400, random_state=0))

# %% bob notes forest: dead-end
# Twice the trees add nothing. The forest stays below the regularised regression.

# %% bob runs margin
from sklearn.svm import SVC

score = judge(make_pipeline(StandardScaler(), SVC()))

# %% bob runs margin
from sklearn.svm import SVC

score = judge(make_pipeline(StandardScaler(), SVC()), method="decision_function")

# %% bob notes margin: why
# A support vector machine has no probabilities of its own; its distance from the margin is all
# that a limit needs.

# %% bob runs compare
from second_look import limit

figure, axes = plt.subplots(figsize=(6, 3))
for value, name in ((0, "benign"), (1, "malignant")):
    axes.hist(score[y_work == value], bins=40, alpha=0.6, label=name)
axes.axvline(limit(y_work, score), color="black", linewidth=1)
axes.set(xlabel="distance from the margin", ylabel="samples")
axes.legend();

# %% bob notes compare: decision
# Left of the line: no second look. This one goes on to the held-out part.
