"""Reviews: what is stored of them, with conditional writes; `trailbook.review` has the rules."""
