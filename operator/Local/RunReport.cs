using System.Globalization;
using System.Text.Json.Nodes;
using FedOperator.Core.Ledger;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Local;

/// <summary>report.html: one file, its plots drawn by a script inside it; no network.</summary>
internal static class RunReport
{
    private const string Placeholder = "/*DATA*/null";

    // More points than pixels help nobody.
    private const int MostPoints = 400;

    /// <summary>The page.</summary>
    public static string Html(Plan plan, RunHistory history, RunSummary summary)
    {
        using var template = typeof(RunReport).Assembly.GetManifestResourceStream("report.html")!;
        using var reader = new StreamReader(template);
        return reader.ReadToEnd().Replace("{{TITLE}}", System.Net.WebUtility.HtmlEncode(summary.Job), StringComparison.Ordinal)
            // Serialized JSON has no angle brackets: they are escaped.
            .Replace(Placeholder, Data(plan, history, summary).ToJsonString(), StringComparison.Ordinal);
    }

    /// <summary>What the page's script draws.</summary>
    public static JsonObject Data(Plan plan, RunHistory history, RunSummary summary)
    {
        var train = Thin([.. history.Rounds.Where(r => r.Round.Kind == RoundKind.Train)]);
        return new JsonObject
        {
            ["line"] = summary.Line(),
            ["message"] = summary.Message,
            ["facts"] = Facts(plan, summary),
            ["clients"] = Strings(plan.Clients.Select(c => c.Name)),
            ["evaluations"] = new JsonArray([.. Thin([.. history.Evaluations]).Select(e => new JsonObject
            {
                ["round"] = e.Round,
                ["accuracy"] = Number(e.Sums.Accuracy()),
                ["loss"] = Number(e.Sums.Loss()),
                ["clients"] = new JsonObject(e.Clients.Select(c => KeyValuePair.Create<string, JsonNode?>(c.Key, new JsonArray(Number(c.Value.Accuracy()), Number(c.Value.Loss()), c.Value.Samples)))),
                ["mean"] = e.Own is { } own ? Number(own.Mean) : null,
                ["worst"] = e.Own is { } lowest ? Number(lowest.Worst) : null,
                ["globalModel"] = e.Own?.GlobalModel is { } global ? Number(global) : null,
            })]),
            ["own"] = Own(history.NewestEvaluation),
            ["training"] = new JsonArray([.. train.Select(r => new JsonObject
            {
                ["round"] = r.Round.Number,
                ["seconds"] = Number(r.Metrics.Seconds),
                ["loss"] = r.Metrics.Training is { Samples: > 0 } sums ? Number(sums.Loss()) : null,
                ["clients"] = new JsonObject(r.Metrics.Clients.Where(c => c.Training is { Samples: > 0 }).Select(c => KeyValuePair.Create<string, JsonNode?>(c.Client, Number(c.Training!.Loss())))),
            })]),
            ["drift"] = Drift(train),
            ["farOff"] = FarOff(history),
            ["exclusions"] = new JsonArray([.. history.Exclusions.Select(e => Strings([e.Round.ToString(), e.Exclusion.Client, System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(e.Exclusion.Reason.ToString()), e.Exclusion.Message]))]),
        };
    }

    /// <summary>Each client's own model beside the global one, the lowest accuracy first, and the means of all.</summary>
    private static JsonArray Own(Evaluation? newest)
    {
        if (newest?.Own is not { } own)
            return [];
        string Global(string client) => newest.Globals.TryGetValue(client, out var sums) ? Text($"{sums.Accuracy():F4}") : "-";
        return
        [
            Strings(["mean over clients", Text($"{own.Mean:F4}"), own.GlobalModel is { } global ? Text($"{global:F4}") : "-", Text($"{newest.Sums.Samples} in all")]),
            .. newest.Clients.OrderBy(c => c.Value.Accuracy()).ThenBy(c => c.Key, StringComparer.Ordinal)
                .Select(c => Strings([c.Key, Text($"{c.Value.Accuracy():F4}"), Global(c.Key), Text($"{c.Value.Samples}")])),
        ];
    }

    /// <summary>Each client and layer that went far off, with the rounds in which it did and the words of the worst.</summary>
    private static JsonArray FarOff(RunHistory history) =>
        [.. history.Rounds.SelectMany(r => r.Metrics.FarOff ?? [], (r, alarm) => (r.Round, Alarm: alarm))
            .GroupBy(a => (a.Alarm.AllClients ? "" : a.Alarm.Client, a.Alarm.Layer))
            .OrderByDescending(g => g.Max(a => a.Alarm.Divergence))
            .Select(g => Strings([g.Key.Item1.Length == 0 ? "all" : g.Key.Item1, g.Key.Layer, Text($"{g.Count()}"), g.First().Round.ToString(), g.MaxBy(a => a.Alarm.Divergence).Alarm.Words()]))];

    private static JsonObject Drift(IReadOnlyList<ClosedDocument> train)
    {
        var with = train.Where(r => r.Metrics.Clients.Any(c => c.Drift is { Count: > 0 })).ToList();
        var layers = with.SelectMany(r => r.Metrics.Clients).SelectMany(c => c.Drift?.Keys ?? []).Distinct(StringComparer.Ordinal).ToList();
        var clients = with.SelectMany(r => r.Metrics.Clients).Select(c => c.Client).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        JsonNode? At(ClosedDocument round, string client, string layer) =>
            round.Metrics.Clients.FirstOrDefault(c => c.Client == client)?.Drift is { } drift && drift.TryGetValue(layer, out var value) ? Number(value) : null;
        return new JsonObject
        {
            ["rounds"] = new JsonArray([.. with.Select(r => (JsonNode?)r.Round.Number)]),
            ["rows"] = new JsonArray([.. layers.SelectMany(layer => clients.Select(client => new JsonObject
            {
                ["layer"] = layer,
                ["client"] = client,
                ["values"] = new JsonArray([.. with.Select(r => At(r, client, layer))]),
            }))]),
        };
    }

    private static JsonArray Facts(Plan plan, RunSummary summary) =>
    [
        Strings(["job", summary.Job]),
        Strings(["state", summary.State]),
        Strings(["rounds", Text($"{summary.Rounds} of {summary.Target}")]),
        Strings(["accuracy", summary.Accuracy is { } accuracy ? Text($"{accuracy:F4} on {summary.TestSamples} test samples after round {summary.EvaluatedRound}") : "not evaluated"]),
        Strings(["best accuracy", summary.BestAccuracy is { } best ? Text($"{best:F4} after round {summary.BestRound}") : "not evaluated"]),
        Strings(["mean over clients", summary.MeanClientAccuracy is { } mean ? Text($"{mean:F4}") : "-"]),
        Strings(["worst client", summary.WorstClientAccuracy is { } worst ? Text($"{worst:F4} ({summary.WorstClient})") : "-"]),
        .. summary.GlobalModelAccuracy is { } global ? [Strings(["global model, mean over clients", Text($"{global:F4}")])] : Array.Empty<JsonNode>(),
        Strings(["time", Text($"{summary.Seconds:F1} s here; {summary.RoundSeconds:F1} s in rounds, {summary.TrainSeconds:F1} s of them the slowest client's training")]),
        Strings(["model", Text($"{plan.Model.Architecture}, width {plan.Model.Channels()}, {plan.Training.Precision}")]),
        Strings(["normalization", NormalizationText.Training(plan.Normalization)]),
        .. NormalizationText.Population(plan.Normalization, plan.Training.BatchSize) is { } population ? [Strings(["inference", population])] : Array.Empty<JsonNode>(),
        .. PersonalizationText.Of(plan) is { } personal ? [Strings(["personalization", personal])] : Array.Empty<JsonNode>(),
        Strings(["clients", Text($"{plan.Clients.Count}; {plan.Clients[0].Partition.Method}{(plan.Clients[0].Partition.Classes is { } n ? Text($", {n} classes each") : "")}{(plan.Clients[0].Partition.Alpha is { } a ? Text($", alpha {a}") : "")}")]),
        Strings(["local work", Text($"{(plan.Training.LocalEpochs is { } epochs ? $"{epochs} epochs" : $"{plan.Training.LocalSteps} steps")} of {plan.Training.BatchSize}, learning rate {plan.Training.Optimizer.LearningRate}, momentum {plan.Training.Optimizer.Momentum}")]),
        Strings(["server", Text($"{plan.Aggregation.Rule} by {plan.Aggregation.Weighting}, learning rate {plan.Aggregation.Server.LearningRate}, momentum {plan.Aggregation.Server.Momentum}")]),
        Strings(["restarts", summary.Restarts.Count == 0 ? "none" : string.Join(", ", summary.Restarts.Select(r => Text($"{r.Key} {r.Value}")))]),
        Strings(["seed", Text($"{plan.Seed}")]),
        Strings(["plan", plan.Hash]),
        Strings(["checkpoint", summary.CheckpointSha256 is { } sha ? $"{summary.Checkpoint} (SHA-256 {sha})" : "-"]),
    ];

    private static IReadOnlyList<T> Thin<T>(IReadOnlyList<T> all)
    {
        var step = (all.Count + MostPoints - 1) / MostPoints;
        return step <= 1 ? all : [.. all.Where((_, i) => i % step == 0 || i == all.Count - 1)];
    }

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(v => (JsonNode?)v)]);

    // Four digits are more than a plot shows; what is no number is a gap.
    private static JsonNode? Number(double value) => double.IsFinite(value) ? double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : null;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
