module studioide

go 1.26
