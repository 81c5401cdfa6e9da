"""Looking through a whole store for damage, on both cores, and naming what is damaged."""
