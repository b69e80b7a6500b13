"""Records in, answers out: the enterprises' side of Suyuan."""
