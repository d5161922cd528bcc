"""The bundled sample; see README.md in this folder."""
