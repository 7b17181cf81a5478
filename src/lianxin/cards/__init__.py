"""Cards: the preferential card's life, boxes counted at every hand-over, scenes where a card gives a right, refusals."""
