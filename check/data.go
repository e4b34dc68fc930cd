package check

import "embed"

//go:embed data/*.csv
var data embed.FS
