"""The charter's fields, in words for people."""

import msgspec


class Field(msgspec.Struct, frozen=True):
    """A field with the question it answers and an example of an answer."""

    label: str
    question: str
    example: str


FIELDS = {
    "problem": Field(
        "Problem",
        "Whose trouble is it, and what does it cost?",
        "Every month 4 % of our customers leave, and nobody sees it coming.",
    ),
    "goal": Field(
        "Goal",
        "What will be true when it is done?",
        "Find 80 % of those who leave within 60 days, at 10 % false alarms, by March.",
    ),
    "success": Field(
        "How success is measured",
        "Which number, on which data, against what?",
        "Recall at 10 % false alarms on the last quarter, against today's rule of thumb.",
    ),
    "consumer": Field(
        "Who uses the result",
        "Who acts on it, and how does it reach them?",
        "The retention team, as a list in their tool every Monday.",
    ),
    "simplest_solution": Field(
        "Simplest solution without machine learning",
        "What would a spreadsheet do?",
        "Call everybody whose spending fell by half.",
    ),
    "formulation": Field(
        "As a machine learning problem",
        "What is predicted, from what, for whom?",
        "Leaves within 60 days, yes or no, per customer and week, from the 90 days before.",
    ),
    "data_sources": Field(
        "Data",
        "Where is it, who owns it, what is wrong with it?",
        "warehouse.customers and billing.invoices; closed_at is filled in weeks late.",
    ),
    "time_line": Field(
        "Time line", "What is due when?", "Baseline by 10 October, decision in December."
    ),
}
