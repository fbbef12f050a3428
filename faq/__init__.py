"""The FAQ engine: articles, an index over them, ranked matches and a calibrated verdict. Plain functions."""
