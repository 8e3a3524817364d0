"""Real sentence-transformers folders, small enough to be made by a test: random weights, a few words."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from scanner.classify.encoder import write_encoder
from scanner.classify.vectors import Vectors

WORDS = (
    *("ayo", "coblos", "di", "tps", "jangan", "lupa", "pilih", "calon"),
    *("antre", "berkas", "loket", "sejak", "subuh", "hujan"),
)
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def write_static(folder: Path, dimensions: int = 8) -> Path:
    """Write a StaticEmbedding folder: eight words of calls lie near each other, "coblos" and "pilih" mean the same."""
    weights = np.random.default_rng(7).standard_normal((len(WORDS), dimensions)).astype(np.float32)
    weights[:8] += 2
    weights[WORDS.index("pilih")] = weights[WORDS.index("coblos")] * 2
    write_encoder(folder, Vectors(words=WORDS, weights=weights), {"uji": 1})
    return folder


def write_transformer(folder: Path) -> Path:
    """Write a BERT of two layers with mean pooling, its weights as safetensors."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    inner = folder.with_name(f"{folder.name}-inner")
    inner.mkdir(parents=True)
    (inner / "vocab.txt").write_text("\n".join((*_SPECIAL, *WORDS, "query", ":")), "utf-8")
    tokenizer = BertTokenizerFast(vocab_file=str(inner / "vocab.txt"))
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        initializer_range=0.5,
    )
    BertModel(config).save_pretrained(inner)
    tokenizer.save_pretrained(inner)
    SentenceTransformer(modules=[Transformer(str(inner)), Pooling(16)], device="cpu").save(str(folder))
    return folder


def write_modules(folder: Path, *kinds: str) -> Path:
    """Write a folder that only says of which modules it is made, all in the folder itself."""
    folder.mkdir(parents=True, exist_ok=True)
    modules = [{"idx": number, "name": str(number), "path": "", "type": kind} for number, kind in enumerate(kinds)]
    (folder / "modules.json").write_text(json.dumps(modules), "utf-8")
    return folder
