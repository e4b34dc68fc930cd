package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"strconv"

	"github.com/shopspring/decimal"

	"nianbao/store"
)

// population is how many people an agency serves in a year.
type population map[populationKey]decimal.Decimal

type populationKey struct {
	agency string // name, or division code
	year   int
}

// readPopulation reads a CSV file with the columns agency (a name or a division
// code), year and population.
func readPopulation(path string) (population, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = 3
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read population %s: %w", path, err)
	}
	out := population{}
	for i, row := range rows {
		if i == 0 {
			continue
		}
		year, err := strconv.Atoi(row[1])
		if err != nil {
			return nil, fmt.Errorf("read population %s, line %d: %q is no year", path, i+1, row[1])
		}
		n, err := strconv.ParseInt(row[2], 10, 64)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("read population %s, line %d: %q is no number of people", path, i+1, row[2])
		}
		out[populationKey{row[0], year}] = decimal.New(n, 0)
	}
	return out, nil
}

func (p population) of(a store.Agency, year int) *decimal.Decimal {
	for _, name := range []string{a.Division, a.Name} {
		if n, ok := p[populationKey{name, year}]; ok && name != "" {
			return &n
		}
	}
	return nil
}
