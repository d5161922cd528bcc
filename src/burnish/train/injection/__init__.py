"""The learned detector of orders in captions: grammars, the texts dealt from them, the fit."""
