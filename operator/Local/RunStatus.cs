using System.Globalization;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Local;

/// <summary>What a look at a run shows.</summary>
internal sealed record RunStatus
{
    // Rate and time left follow the newest rounds.
    private const int Window = 50;

    public required string Name { get; init; }

    public required int Round { get; init; }

    public required int Target { get; init; }

    /// <summary>Admitted in the newest round, and all.</summary>
    public required (int Admitted, int All) Clients { get; init; }

    public Evaluation? Evaluation { get; init; }

    /// <summary>Mean loss over the newest train round's batches.</summary>
    public double? TrainLoss { get; init; }

    /// <summary>Over the newest rounds; null before the first.</summary>
    public double? SecondsPerRound { get; init; }

    public required int Restarts { get; init; }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<RoundExclusion> Exclusions { get; init; } = [];

    public int ExclusionCount { get; init; }

    /// <summary>Of the newest round that merged moments, the gravest first.</summary>
    public IReadOnlyList<DriftAlarm> FarOff { get; init; } = [];

    public IReadOnlyList<string> WaitingFor { get; init; } = [];

    /// <summary>What the job is doing, or waits for.</summary>
    public required string Doing { get; init; }

    /// <summary>Whether precise statistics are being gathered: the train round does not change meanwhile.</summary>
    public bool IsGathering { get; init; }

    /// <summary>By the newest rounds' rate; null before the first.</summary>
    public TimeSpan? Left => SecondsPerRound is { } seconds ? TimeSpan.FromSeconds(seconds * (Target - Round)) : null;

    public static RunStatus Of(string name, Plan plan, RunHistory history, int restarts)
    {
        var newest = history.Rounds.LastOrDefault(r => r.Round.Kind == RoundKind.Train);
        var window = history.Rounds.Where(r => r.Round.Kind == RoundKind.Train).TakeLast(Window).ToList();
        return new RunStatus
        {
            Name = name,
            Round = history.TrainRound,
            Target = history.Target,
            Clients = (history.Rounds.Count == 0 ? 0 : history.Rounds[^1].Metrics.Clients.Count, plan.Clients.Count),
            Evaluation = history.NewestEvaluation,
            TrainLoss = newest?.Metrics.Training is { Samples: > 0 } training ? training.Loss() : null,
            SecondsPerRound = window.Count == 0 ? null : window.Average(r => r.Metrics.Seconds),
            Restarts = restarts,
            Exclusions = [.. history.Exclusions.Reverse().Take(5)],
            ExclusionCount = history.Exclusions.Count,
            FarOff = history.Rounds.LastOrDefault(r => r.Metrics.FarOff is not null)?.Metrics.FarOff ?? [],
            WaitingFor = history.Progress?.WaitingFor ?? [],
            Doing = DoingOf(history),
            IsGathering = history.Progress is { State: JobState.Running, Round.IsPopulation: true },
        };
    }

    /// <summary>One line: `round 40/300  clients 5/5  accuracy 0.7312 (round 40)  ...`.</summary>
    public string Line()
    {
        var text = new List<string> { Text($"round {Round}/{Target}"), Text($"clients {Clients.Admitted}/{Clients.All}") };
        if (Evaluation is { } e)
            text.Add(Text($"accuracy {e.Sums.Accuracy():F4} (round {e.Round}){(e.Own?.GlobalModel is null ? "" : $"  own models: {e.Spread()}")}"));
        if (TrainLoss is { } loss)
            text.Add(Text($"loss {loss:F4}"));
        if (SecondsPerRound is > 0 and { } seconds)
            text.Add(Text($"{1 / seconds:0.0} rounds/s"));
        if (Left is { } left && Round < Target)
            text.Add("left " + Span(left));
        if (Restarts > 0)
            text.Add(Text($"restarts {Restarts}"));
        if (ExclusionCount > 0)
            text.Add(Text($"excluded {ExclusionCount}, last {Show(Exclusions[0])}"));
        if (FarOff.Count > 0)
            text.Add(Text($"statistics: {FarOff[0].Words()}{(FarOff.Count > 1 ? $", and {FarOff.Count - 1} more" : "")}"));
        if (Round == 0 || IsGathering)
            text.Add(Doing);
        return string.Join("  ", text);
    }

    /// <summary>An exclusion in words.</summary>
    public static string Show(RoundExclusion excluded) =>
        $"{excluded.Exclusion.Client} in {excluded.Round}: {System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(excluded.Exclusion.Reason.ToString())}, {excluded.Exclusion.Message}";

    /// <summary>`12 s`, `3 min 05 s`, `2 h 10 min`.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalMinutes: < 1 } => Text($"{span.TotalSeconds:0} s"),
        { TotalHours: < 1 } => Text($"{span.Minutes} min {span.Seconds:00} s"),
        _ => Text($"{(int)span.TotalHours} h {span.Minutes:00} min"),
    };

    private static string DoingOf(RunHistory history) => history.Progress switch
    {
        null => "starting",
        { Message: { Length: > 0 } message } => message,
        { State: JobState.Running, Round: { } round } => round.ToString(),
        var progress => progress.State.ToString(),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
