"""轉寄資訊: where letters go on to, and the automatic reply while somebody is away."""
