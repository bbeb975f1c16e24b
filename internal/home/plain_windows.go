package home

const noWait = 0 // named pipes have a namespace of their own there
