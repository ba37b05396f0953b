using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Operator.Local;

namespace FedOperator.Operator.Tests.Local;

public sealed partial class RunReportTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fed-report-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_page_holds_every_client_layer_and_exclusion()
    {
        var (_, _, _, html) = await Report(rounds: 10);
        var data = Data(html);

        Assert.Equal(5, data["clients"]!.AsArray().Count);
        Assert.Equal([1, 3, 5, 7, 9, 10], data["evaluations"]!.AsArray().Select(e => e!["round"]!.GetValue<int>()));
        Assert.Equal(10, data["training"]!.AsArray().Count);
        Assert.Equal(2 * 5, data["drift"]!["rows"]!.AsArray().Count);
        Assert.Equal(["edge-1", "bn1", "2", "train 3", "edge-1 is far off in layer bn1: 4E+03 nats from the merged moments, the median client 0.5"], Assert.Single(data["farOff"]!.AsArray())!.AsArray().Select(c => c!.GetValue<string>()));
        Assert.Equal(["train 2", "edge-4", "nonFinite", "fc.weight has NaN at 3"], data["exclusions"]![0]!.AsArray().Select(c => c!.GetValue<string>()));
    }

    [Fact]
    public async Task The_page_needs_no_network()
    {
        var (_, _, _, html) = await Report(rounds: 10);

        Assert.DoesNotMatch(Fetches(), html.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Names_in_the_data_cannot_end_the_script()
    {
        var (_, _, _, html) = await Report(rounds: 4);

        Assert.Single(ScriptEnds().Matches(html));
    }

    [Fact]
    public async Task A_long_run_is_thinned_out_and_keeps_its_last_round()
    {
        var (_, _, _, html) = await Report(rounds: 900);
        var training = Data(html)["training"]!.AsArray();

        Assert.InRange(training.Count, 200, 401);
        Assert.Equal(900, training[^1]!["round"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_run_without_a_single_round_has_a_report_too()
    {
        var (_, _, summary, html) = await Report(rounds: -1);

        Assert.Null(summary.Accuracy);
        Assert.Empty(Data(html)["training"]!.AsArray());
    }

    [Fact]
    public async Task The_summary_sums_the_newest_evaluation()
    {
        var (_, history, summary, _) = await Report(rounds: 10);

        Assert.Equal((50 + 51 + 52 + 53 + 54) / 500.0, summary.Accuracy);
        Assert.Equal(0.5, summary.WorstClientAccuracy);
        Assert.Equal(1, summary.Exclusions["nonFinite"]);
        Assert.Equal(2.5, summary.TrainSeconds);
        Assert.Equal(12, history.Rounds.Count);
        Assert.Equal("fed: job=fashion-mnist state=Complete rounds=10 accuracy=0.5200 seconds=2.0 checkpoint=-", summary.Line());
    }

    [Fact]
    public async Task Each_clients_own_model_stands_beside_the_global_one()
    {
        var (plan, history, summary, html) = await Report(rounds: 10, "fashion-mnist-fedper");

        var last = 50 + plan.Clients.Count - 1;
        Assert.Equal(((50 + last) / 200.0, 0.5, "edge-0", 0.2), (Math.Round(summary.MeanClientAccuracy!.Value, 12), summary.WorstClientAccuracy, summary.WorstClient, summary.GlobalModelAccuracy));
        Assert.Equal(summary.Clients.Keys, summary.GlobalModel!.Keys);
        var own = Data(html)["own"]!.AsArray().Select(row => string.Join(' ', row!.AsArray().Select(c => c!.GetValue<string>()))).ToList();
        Assert.Equal(1 + plan.Clients.Count, own.Count);
        Assert.StartsWith("mean over clients 0.5", own[0], StringComparison.Ordinal);
        Assert.Equal("edge-0 0.5000 0.2000 100", own[1]);
        Assert.Equal(0.2, Data(html)["evaluations"]!.AsArray()[^1]!["globalModel"]!.GetValue<double>());
        Assert.Contains("  own models: mean 0.5", RunStatus.Of("x", plan, history, restarts: 0).Line(), StringComparison.Ordinal);
        Assert.Contains("worst 0.5000 (edge-0), global model 0.2000", RunStatus.Of("x", plan, history, restarts: 0).Line(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_stays_no_global_model_is_told_of()
    {
        var (_, _, summary, html) = await Report(rounds: 10);

        Assert.Equal((0.52, null, null), (Math.Round(summary.MeanClientAccuracy!.Value, 12), summary.GlobalModelAccuracy, summary.GlobalModel));
        Assert.Equal("-", Data(html)["own"]!.AsArray()[0]!.AsArray()[2]!.GetValue<string>());
    }

    [Fact]
    public async Task A_status_line_says_round_clients_accuracy_and_exclusions()
    {
        var (plan, history, _, _) = await Report(rounds: 10);

        Assert.Equal("round 10/10  clients 5/5  accuracy 0.5200 (round 10)  loss 0.2000  2.0 rounds/s  restarts 3  excluded 1, last edge-4 in train 2: nonFinite, fc.weight has NaN at 3",
            RunStatus.Of("x", plan, history, restarts: 3).Line());
    }

    [Fact]
    public async Task A_status_line_names_a_layer_that_is_far_off_in_the_newest_round()
    {
        var (plan, history, _, _) = await Report(rounds: 3);

        Assert.Contains("statistics: edge-1 is far off in layer bn1: 3E+03 nats from the merged moments, the median client 0.5", RunStatus.Of("x", plan, history, restarts: 0).Line(), StringComparison.Ordinal);
    }

    private async Task<(Plan Plan, RunHistory History, RunSummary Summary, string Html)> Report(int rounds, string sample = "fashion-mnist")
    {
        var plan = Samples.Plan(sample) with { Rounds = Math.Max(rounds, 1) };
        var store = new FileBlobStore(_folder.FullName);
        await SampleLedger.WriteAsync(_folder.FullName, plan, rounds);
        var history = new RunHistory(plan.Rounds, store);
        await history.AdvanceAsync(CancellationToken.None);
        var summary = RunSummary.Of("fashion-mnist", plan, history, new RunEnd(RunState.Complete, null), TimeSpan.FromSeconds(2), new Dictionary<string, int>(StringComparer.Ordinal));
        return (plan, history, summary, RunReport.Html(plan, history, summary));
    }

    private static JsonObject Data(string html) => JsonNode.Parse(DataLine().Match(html).Groups["json"].Value)!.AsObject();

    [GeneratedRegex("^const data = (?<json>.*);$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex DataLine();

    [GeneratedRegex("</script", RegexOptions.IgnoreCase, 10_000)]
    private static partial Regex ScriptEnds();

    [GeneratedRegex("https?:|//[a-z]+\\.|src=|@import|fetch\\(|url\\(", RegexOptions.IgnoreCase, 10_000)]
    private static partial Regex Fetches();
}
