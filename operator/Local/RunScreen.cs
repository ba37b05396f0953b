using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace FedOperator.Operator.Local;

/// <summary>Shows a run while it goes on: a live table on a terminal, lines elsewhere.</summary>
internal sealed class RunScreen(IAnsiConsole console, TextWriter output, bool isTerminal, TimeProvider time)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_line = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly List<string> _said = [];

    /// <summary>Takes a line from the supervisor.</summary>
    public void Say(string line)
    {
        lock (_gate)
        {
            if (isTerminal)
                _said.Add(line);
            else
                output.WriteLine(line);
        }
    }

    /// <summary>Looks and shows until <paramref name="ended"/>, and once more then.</summary>
    /// <param name="look">Reads what is new.</param>
    /// <param name="ended">Cancelled when the job's processes have ended.</param>
    public Task RunAsync(Func<Task<RunStatus>> look, CancellationToken ended) => isTerminal
        ? console.Live(new Text("starting")).AutoClear(false).StartAsync(context => LoopAsync(look, status => context.UpdateTarget(Render(status)), ended))
        : LinesAsync(look, ended);

    private async Task LinesAsync(Func<Task<RunStatus>> look, CancellationToken ended)
    {
        var shown = "";
        var since = time.GetTimestamp();
        var round = -1;
        await LoopAsync(look, status =>
        {
            var line = status.Line();
            var due = round < 0 || status.Round == status.Target || time.GetElapsedTime(since) >= s_line;
            if (!due || line == shown)
                return;
            lock (_gate)
                output.WriteLine(line);
            (shown, since, round) = (line, time.GetTimestamp(), status.Round);
        }, ended).ConfigureAwait(false);
    }

    private async Task LoopAsync(Func<Task<RunStatus>> look, Action<RunStatus> show, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            show(await look().ConfigureAwait(false));
            await Task.Delay(s_look, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        show(await look().ConfigureAwait(false));
    }

    private IRenderable Render(RunStatus status)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        void Row(string name, string value) => grid.AddRow(new Text(name, new Style(Color.Grey)), new Text(value));
        grid.AddRow(new Text("round", new Style(Color.Grey)), new Markup(string.Create(CultureInfo.InvariantCulture, $"[bold]{status.Round}[/] of {status.Target}   {Bar(status)}")));
        Row("doing", status.Doing);
        Row("clients", string.Create(CultureInfo.InvariantCulture, $"{status.Clients.Admitted} of {status.Clients.All}{(status.WaitingFor.Count > 0 && status.Round == 0 ? ", waiting for " + string.Join(", ", status.WaitingFor.Take(5)) : "")}"));
        if (status.Evaluation is { } e)
        {
            Row("accuracy", string.Create(CultureInfo.InvariantCulture, $"{e.Sums.Accuracy():F4} after round {e.Round} ({e.Sums.Samples} test samples, loss {e.Sums.Loss():F4})"));
            Row("own models", e.Spread() ?? "-");
            Row("per client", string.Join("  ", e.Clients.Take(8).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value.Accuracy():F3}"))));
        }
        if (status.TrainLoss is { } loss)
            Row("training loss", loss.ToString("F4", CultureInfo.InvariantCulture));
        if (status.SecondsPerRound is > 0 and { } seconds)
            Row("rate", string.Create(CultureInfo.InvariantCulture, $"{1 / seconds:0.0} rounds/s, {RunStatus.Span(status.Left ?? TimeSpan.Zero)} left"));
        if (status.Restarts > 0)
            Row("restarts", status.Restarts.ToString(CultureInfo.InvariantCulture));
        if (status.ExclusionCount > 0)
            Row("excluded", string.Create(CultureInfo.InvariantCulture, $"{status.ExclusionCount} so far\n{string.Join('\n', status.Exclusions.Select(RunStatus.Show))}"));
        if (status.FarOff.Count > 0)
            Row("statistics", string.Join('\n', status.FarOff.Take(3).Select(a => a.Words())));
        lock (_gate)
        {
            if (_said.Count > 0)
                Row("processes", string.Join('\n', _said.TakeLast(5)));
        }
        return new Panel(grid).Header(" " + Markup.Escape(status.Name) + " ").RoundedBorder();
    }

    private static string Bar(RunStatus status)
    {
        const int Width = 30;
        var done = status.Target == 0 ? 0 : Math.Clamp(Width * status.Round / status.Target, 0, Width);
        return $"[green]{new string('█', done)}[/][grey]{new string('░', Width - done)}[/]";
    }
}
