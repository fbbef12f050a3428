"""The desk as people meet it: channels, dialogue, delivery and the web."""

import os

# Matching multiplies small matrices, message by message. Spread over threads that takes longer and keeps every core
# waiting; and OpenBLAS, which numpy brings along, asks only once, when it is loaded. Whoever has set it is left alone.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
