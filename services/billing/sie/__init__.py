"""SIE 4, the format in which Swedish accounting systems pass on accounts: reading and writing."""
