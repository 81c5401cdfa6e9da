"""What all notebooks of this project share: the data, the split, the measure."""

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict, train_test_split

data = load_breast_cancer(as_frame=True)
X, malignant = data.data, 1 - data.target
X_work, X_test, y_work, y_test = train_test_split(
    X, malignant, test_size=0.25, stratify=malignant, random_state=0
)
folds = StratifiedKFold(10, shuffle=True, random_state=0)


def limit(y, score, missed=0.01):
    """The score below which at most this share of the malignant samples lies."""
    return np.quantile(np.asarray(score)[np.asarray(y) == 1], missed, method="lower")


def spared(y, score):
    """The share of benign samples that need no second look."""
    return float(np.mean(np.asarray(score)[np.asarray(y) == 0] < limit(y, score)))


def judge(model, columns=None, method="predict_proba"):
    """Print how a model does in cross-validation, and answer its scores."""
    chosen = X_work if columns is None else X_work[columns]
    score = cross_val_predict(model, chosen, y_work, cv=folds, method=method)
    score = score[:, 1] if score.ndim == 2 else score
    print(f"auc = {roc_auc_score(y_work, score):.4f}  spared = {spared(y_work, score):.3f}")
    return score
