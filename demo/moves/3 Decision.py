# Ada asks whether it holds, once.

# %% ada writes title
# # Does it hold on samples that nobody has looked at?

# %% ada runs choose
from second_look import X_test, X_work, judge, limit, y_test, y_work
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

model = make_pipeline(StandardScaler(), SVC())
below = limit(y_work, judge(model, method="decision_function"))

# %% ada runs hold
score = model.fit(X_work, y_work).decision_function(X_test)
kept = score >= below
print(f"spared = {1 - kept[y_test == 0].mean():.3f}")
print(f"malignant samples missed: {(~kept[y_test == 1]).sum()} of {(y_test == 1).sum()}")

# %% ada notes hold: decision
# One look at the held-out part, and no more tuning after it. With so few malignant samples the
# 1 % cannot be confirmed here; a second data set has to.
