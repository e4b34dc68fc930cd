package rows

import "slices"

// pieces divides rows where one table ends and another begins at once: word
// processors keep such tables as one. There the columns change and no cell
// reaches over. It gives the rows that begin a piece, the first one included.
func pieces(rows []row) []int {
	out := []int{0}
	var columns []int // edges between the columns of this piece
	last := 0         // the row behind the last one that shows them
	for i := range rows {
		inner := between(rows[i].places)
		switch {
		case len(inner) < few:
			continue
		case len(columns) == 0 || 2*common(inner, columns) > min(len(inner), len(columns)):
			columns = union(columns, inner)
		default:
			if at := begin(rows, last, i); at > 0 {
				out = append(out, at)
				columns = inner
			} else {
				columns = union(columns, inner)
			}
		}
		last = i + 1
	}
	return out
}

// few edges between cells say nothing of a table's columns: a caption, a
// heading over halves.
const few = 3

// begin is the first row from from to to that no cell reaches into, or 0.
func begin(rows []row, from, to int) int {
	for at := from; at <= to; at++ {
		if !slices.ContainsFunc(rows[at].places, func(c Cell) bool { return c.Down == Next }) {
			return at
		}
	}
	return 0
}

// between are the edges within a row.
func between(places []Cell) []int {
	var out []int
	for i := 1; i < len(places); i++ {
		if !places[i].Joined && places[i].Left-places[i-1].Left >= sliver {
			out = append(out, places[i].Left)
		}
	}
	slices.Sort(out)
	return out
}

// common counts the edges of a that b has too.
func common(a, b []int) int {
	n := 0
	for _, x := range a {
		i, _ := slices.BinarySearch(b, x-jitter)
		if i < len(b) && b[i] <= x+jitter {
			n++
		}
	}
	return n
}

func union(a, b []int) []int {
	out := slices.Concat(a, b)
	slices.Sort(out)
	out = slices.Compact(out)
	return out[:min(len(out), maxWidth)]
}
