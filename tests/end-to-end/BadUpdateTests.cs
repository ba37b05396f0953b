using System.Runtime.InteropServices;
using System.Text;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;
using FedOperator.EndToEnd.Tests.Harness;

namespace FedOperator.EndToEnd.Tests;

/// <summary>A bad report leaves its round bit-identical to one in which the client sends nothing, and its reason in cut.json.</summary>
public sealed class BadUpdateTests
{
    private static readonly RoundKey s_round = new(2, RoundKind.Train);
    private static readonly ParticipationSpec s_participation = new() { Quorum = 0.5, DeadlineSeconds = 60, MaxMissedRounds = 5 };

    private static readonly Dictionary<string, (ExclusionReason Reason, Action<Message> Change)> s_kinds = new(StringComparer.Ordinal)
    {
        ["no JSON"] = (ExclusionReason.Malformed, m => m.RawReport = Encoding.UTF8.GetBytes("{ not json")),
        ["JSON of another kind"] = (ExclusionReason.Malformed, m => m.RawReport = Encoding.UTF8.GetBytes("[1, 2]")),
        ["a report over 1 MiB"] = (ExclusionReason.Malformed, m => m.RawReport = new byte[(1 << 20) + 1]),
        ["a path for a hash"] = (ExclusionReason.Malformed, m => m.Report = m.Report with { Update = "../../fj-scripted/plan" }),
        ["a state that is no hash"] = (ExclusionReason.Malformed, m => m.Report = m.Report with { State = "x" }),
        ["no training sums"] = (ExclusionReason.Malformed, m => m.Report = m.Report with { Training = null }),
        ["no evaluation"] = (ExclusionReason.Malformed, m => m.Report = m.Report with { Evaluation = null }),
        ["another protocol"] = (ExclusionReason.Protocol, m => m.Report = m.Report with { Protocol = 2 }),
        ["another plan"] = (ExclusionReason.Stale, m => m.Report = m.Report with { Plan = new string('b', 64) }),
        ["another round"] = (ExclusionReason.Stale, m => m.Report = m.Report with { Round = new RoundKey(1, RoundKind.Train) }),
        ["another base"] = (ExclusionReason.Stale, m => m.Report = m.Report with { Base = new string('c', 64) }),
        ["a truncated update"] = (ExclusionReason.Truncated, m => m.Corrupt = bytes => bytes[..^7]),
        ["no update"] = (ExclusionReason.Truncated, m => m.WithoutUpdate = true),
        ["another length than said"] = (ExclusionReason.Truncated, m => m.Report = m.Report with { UpdateLength = 5_000_000_000 }),
        ["a tensor too many"] = (ExclusionReason.Misshapen, m => m.Tensors.Add((new TensorHeader("extra", DType.F32, [1]), new byte[4]))),
        ["a tensor too few"] = (ExclusionReason.Misshapen, m => m.Tensors.RemoveAt(0)),
        ["another shape"] = (ExclusionReason.Misshapen, m => m.Tensors[0] = (m.Tensors[0].Header with { Shape = [4, 3] }, m.Tensors[0].Data)),
        ["another dtype"] = (ExclusionReason.Misshapen, m => m.Tensors[0] = (m.Tensors[0].Header with { DType = DType.I32 }, m.Tensors[0].Data)),
        ["no safetensors"] = (ExclusionReason.Misshapen, m => m.Corrupt = bytes => [.. Enumerable.Repeat((byte)255, bytes.Length)]),
        ["a flipped bit"] = (ExclusionReason.HashMismatch, m => m.Corrupt = bytes => [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]),
        ["a NaN in a weight"] = (ExclusionReason.NonFinite, m => Set(m, "fc.weight", float.NaN)),
        ["an infinity in a weight"] = (ExclusionReason.NonFinite, m => Set(m, "fc.weight", float.PositiveInfinity)),
        ["a NaN in the moments"] = (ExclusionReason.NonFinite, m => Set(m, "bn.moments.mean", double.NaN)),
        ["a NaN loss"] = (ExclusionReason.NonFinite, m => m.Report = m.Report with { Training = m.Report.Training! with { LossSum = double.NaN } }),
        ["a negative M2"] = (ExclusionReason.Implausible, m => Set(m, "bn.moments.m2", -1.0)),
        ["a count of zero"] = (ExclusionReason.Implausible, m => Set(m, "bn.moments.count", 0.0)),
        ["half a sample"] = (ExclusionReason.Implausible, m => Set(m, "bn.moments.count", 2.5)),
        ["more samples than the plan implies"] = (ExclusionReason.Implausible, m => m.Report = m.Report with { Samples = 1_000_000 }),
        ["other steps than the plan implies"] = (ExclusionReason.Implausible, m => m.Report = m.Report with { Steps = 3 }),
        ["more correct than evaluated"] = (ExclusionReason.Implausible, m => m.Report = m.Report with { Evaluation = m.Report.Evaluation! with { Correct = 21 } }),
        ["more evaluated than held"] = (ExclusionReason.Implausible, m => m.Report = m.Report with { Evaluation = new SampleSums(50, 1, 1) }),
        ["more correct of the global model than evaluated"] = (ExclusionReason.Implausible, m => m.Report = m.Report with { GlobalEvaluation = new SampleSums(20, 1, 21) }),
        ["a global model evaluated on more than held"] = (ExclusionReason.Implausible, m => m.Report = m.Report with { GlobalEvaluation = new SampleSums(50, 1, 1) }),
        ["a NaN loss of the global model"] = (ExclusionReason.NonFinite, m => m.Report = m.Report with { GlobalEvaluation = new SampleSums(20, double.NaN, 1) }),
        ["a negative loss"] = (ExclusionReason.Implausible, m => m.Report = m.Report with { Training = m.Report.Training! with { LossSum = -1 } }),
    };

    private static readonly Lazy<Task<(string Fingerprint, CutDocument Cut)>> s_silent = new(() => RunAsync(m => m.Nothing = true, s_participation with { DeadlineSeconds = 3 }));
    private static readonly Lazy<Task<(string Fingerprint, CutDocument Cut)>> s_good = new(() => RunAsync(_ => { }));

    public static TheoryData<string> Kinds => [.. s_kinds.Keys];

    [Fact]
    public void Every_reason_to_exclude_is_injected() =>
        Assert.Empty(Enum.GetValues<ExclusionReason>().Except(s_kinds.Values.Select(k => k.Reason)).Except([ExclusionReason.Missing]));

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_bad_report_counts_as_none_and_its_reason_is_in_the_cut(string kind)
    {
        var (reason, change) = s_kinds[kind];
        var (bad, badCut) = await RunAsync(change);
        var (silent, silentCut) = await s_silent.Value;
        var (good, _) = await s_good.Value;

        var exclusion = Assert.Single(badCut.Excluded);
        Assert.Equal("site-1", exclusion.Client);
        Assert.True(exclusion.Reason == reason, $"{exclusion.Reason}: {exclusion.Message}");
        Assert.NotEmpty(exclusion.Message);
        Assert.Equal(ExclusionReason.Missing, Assert.Single(silentCut.Excluded).Reason);
        Assert.Equal(silent, bad);
        Assert.NotEqual(good, bad);
    }

    [Fact]
    public async Task An_excluded_round_leaves_the_clients_personal_state_as_it_was()
    {
        static string StateAfter(RoundKey round) => LedgerJson.Sha256(Encoding.UTF8.GetBytes(round.ToString()));
        using var job = new ScriptedJob(s_participation);
        await job.RunAsync(new("site-0"), new("site-2"), new("site-1", (round, message) => message.Report = message.Report with
        {
            State = round.Kind == RoundKind.Train ? StateAfter(round) : null,
            Steps = round == s_round ? 99 : message.Report.Steps,
        }));
        async Task<string?> StartAsync(int round) => (await job.ReadAsync(LedgerPaths.Open(new RoundKey(round, RoundKind.Train)), LedgerJson.Default.OpenDocument)).Participants.Single(p => p.Name == "site-1").State;
        Assert.Null(await StartAsync(1));
        Assert.Equal(StateAfter(new RoundKey(1, RoundKind.Train)), await StartAsync(2));
        Assert.Equal(StateAfter(new RoundKey(1, RoundKind.Train)), await StartAsync(3));
    }

    [Fact]
    public async Task Bad_reports_of_statistics_and_evaluate_rounds_are_excluded_too()
    {
        using var job = new ScriptedJob(s_participation);
        var outcome = await job.RunAsync(new("site-0"), new("site-2"), new("site-1", (round, message) =>
        {
            if (round.Kind == RoundKind.Statistics)
                Set(message, "bn.moments.m2", double.NaN);
            if (round.Kind == RoundKind.Evaluate)
                message.Report = message.Report with { Evaluation = message.Report.Evaluation! with { Correct = 21 } };
        }));
        Assert.Null(outcome.Failure);
        Assert.Equal(ExclusionReason.NonFinite, Assert.Single((await job.ReadAsync(LedgerPaths.Cut(new RoundKey(0, RoundKind.Statistics, 1)), LedgerJson.Default.CutDocument)).Excluded).Reason);
        Assert.Equal(ExclusionReason.Implausible, Assert.Single((await job.ReadAsync(LedgerPaths.Cut(outcome.Closed.Round), LedgerJson.Default.CutDocument)).Excluded).Reason);
        Assert.Equal(40, outcome.Closed.Metrics.Evaluation!.Samples);
    }

    private static async Task<(string Fingerprint, CutDocument Cut)> RunAsync(Action<Message> change, ParticipationSpec? participation = null)
    {
        using var job = new ScriptedJob(participation ?? s_participation);
        var outcome = await job.RunAsync(
            new ScriptedClient("site-0"),
            new ScriptedClient("site-1", (round, message) =>
            {
                if (round == s_round)
                    change(message);
            }),
            new ScriptedClient("site-2"));
        Assert.Null(outcome.Failure);
        var closed = await job.ReadAsync(LedgerPaths.Closed(s_round), LedgerJson.Default.ClosedDocument);
        var cut = await job.ReadAsync(LedgerPaths.Cut(s_round), LedgerJson.Default.CutDocument);
        return ($"{closed.Checkpoint.Sha256} {closed.ServerState?.Sha256} {outcome.Closed.Checkpoint.Sha256}", cut);
    }

    private static void Set<T>(Message message, string tensor, T value)
        where T : struct
    {
        var index = message.Tensors.FindIndex(t => t.Header.Name == tensor);
        MemoryMarshal.Write(message.Tensors[index].Data, value);
    }
}
