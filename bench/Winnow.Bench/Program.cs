using Winnow.Bench;

// Measures the product against a limit in the same run and prints one line a figure, tab separated:
// name, value, limit, ratio, reach, held or short. Exit code 1 when one is short.
if (args is ["smtp", ..])
{
    await SmtpSpeed.Run(int.Parse(args.ElementAtOrDefault(1) ?? "20000", System.Globalization.CultureInfo.InvariantCulture));
    return 0;
}
if (args is ["bounces", ..] and not ["bounces", "arrivals", ..]) return Bounces.Run(args[1..]);
if (args is not ["main" or "people" or "bounces" or "lists", ..])
{
    Console.Error.WriteLine("usage: main|people|lists [--db sqlite|postgres] [--rows N] [--only NAME,NAME] | smtp [messages] | bounces FOLDER | bounces arrivals [--db sqlite|postgres] [--rows N] | bounces fuzz [FOLDER] [--count N]");
    return 2;
}
var databases = Option("--db") is { } one ? [one] : new[] { "sqlite", "postgres" };
var (figures, usual) = args[0] switch { "people" => (People.Figures, "100000"), "bounces" => (BounceArrivals.Figures, "100000"), "lists" => (ListFigures.Figures, "1000000"), _ => (MainJob.Figures, "1000000") };
var rows = int.Parse(Option("--rows") ?? usual, System.Globalization.CultureInfo.InvariantCulture);
var all = true;
Console.WriteLine("name\tvalue\tlimit\tratio\treach\t");
foreach (var database in databases)
{
    await using var place = await Place.Open(database);
    foreach (var (name, measure) in figures.Where(f => Option("--only") is not { } only || only.Split(',').Contains(f.Name)))
        foreach (var figure in await measure(place, rows))
        {
            Console.WriteLine($"{database} {figure}");
            all &= figure.Held;
        }
}
return all ? 0 : 1;

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;
