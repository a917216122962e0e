# What bench_table of lib.sh runs: rows on stdin, the measured lines in file

function median(list,    a, n, i, j, t) {
	n = split(list, a, " ")
	for (i = 2; i <= n; i++) {
		for (j = i; j > 1 && a[j] + 0 < a[j - 1] + 0; j--) {
			t = a[j]
			a[j] = a[j - 1]
			a[j - 1] = t
		}
	}
	return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
}

function most(list,    a, n, i, m) {
	n = split(list, a, " ")
	for (i = 1; i <= n; i++)
		m = a[i] + 0 > m ? a[i] + 0 : m
	return m
}

# "METRIC LABEL OP THREADS", or several with " + " between; "" when one of them was not measured
function figure(spec,    part, n, i, w, sum, key) {
	n = split(spec, part, / \+ /)
	for (i = 1; i <= n; i++) {
		split(part[i], w, " ")
		key = w[2] " " w[3] " " w[4]
		if (!(key in us))
			return ""
		if (w[1] == "rate")
			sum += median(rate[key])
		else if (w[1] == "worst")
			sum += most(worst[key]) / 1000
		else
			sum += median(us[key]) / (w[1] == "ms" ? 1000 : 1)
	}
	return sum
}

function text(spec, x,    w) {
	split(spec, w, " ")
	if (w[1] == "value")
		return sprintf("%.1f", x)
	if (w[1] == "us")
		return x >= 10000 ? sprintf("%.1f ms", x / 1000) : sprintf(x < 10 ? "%.2f us" : "%.1f us", x)
	if (w[1] != "rate")
		return sprintf("%.2f ms", x)
	return x >= 1e6 ? sprintf("%.2fM/s", x / 1e6) : x >= 1e4 ? sprintf("%.1fk/s", x / 1e3) : sprintf("%.0f/s", x)
}

function name(spec,    w) {
	split(spec, w, " ")
	return w[2] == "ours" ? "ours, " w[4] " thread" : w[2]
}

function verdict(goal, ratio,    g) {
	if (goal == "")
		return ""
	split(goal, g, " ")
	return (g[1] == "<=" ? ratio <= g[2] + 0 : ratio >= g[2] + 0) ? "reached" : "MISSED"
}

# Why there is no figure; "" when it was not asked for
function missing(spec,    w, key) {
	split(spec, w, " ")
	key = w[2] " " w[3] " " w[4]
	return key in refused ? refused[key] : ""
}

BEGIN {
	while ((getline line < file) > 0) {
		split(line, w, " ")
		key = w[1] " " w[2] " " w[3]
		if (w[4] == "-") {
			refused[key] = w[5]
			continue
		}
		rate[key] = rate[key] " " w[4]
		us[key] = us[key] " " w[5]
		worst[key] = worst[key] " " w[6]
	}
	form = "%-48s %10s %22s %6s  %-8s %s\n"
	printf form, "operation", "ours", "beside", "ratio", "goal", ""
}

{
	ours = figure($2)
	beside = $3 == "-" ? 1 : figure($3)
	if (ours == "" && missing($2) == "")
		next
	else if (ours == "")
		printf form, $1, missing($2), "", "", $4, ""
	else if (!beside)
		printf form, $1, text($2, ours), "not run", "", $4, ""
	else if ($3 == "-")
		printf form, $1, text($2, ours), "", "", $4, verdict($4, ours)
	else
		printf form, $1, text($2, ours), name($3) " " text($3, beside), sprintf("%.2f", ours / beside), $4,
			verdict($4, ours / beside)
}
