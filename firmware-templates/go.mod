module studio

go 1.24
