using System.Security.Cryptography;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Tests.Local;

/// <summary>Closed rounds as an aggregator would write them.</summary>
internal static class SampleLedger
{
    /// <summary>What the made-up checkpoint of a round says.</summary>
    public static byte[] CheckpointOf(int round) => [1, 2, 3, (byte)round];

    /// <summary>Writes, into a container's folder, the documents of so many train rounds, and of the evaluation after the last. Where units stay with the clients, the global model has 20 of 100 right at each.</summary>
    public static async Task WriteAsync(string global, Plan plan, int rounds, bool evaluated = true)
    {
        var sequence = new RoundSequence(["bn1"], [], null);
        RoundKey? next = sequence.First;
        while (next is { } round && (round.Kind != RoundKind.Evaluate || evaluated) && round.Number <= rounds)
        {
            next = sequence.After(round, plan.Rounds);
            await CloseAsync(global, plan, round, next);
        }
    }

    private static async Task CloseAsync(string global, Plan plan, RoundKey round, RoundKey? next)
    {
        var excluded = round.Kind == RoundKind.Train && round.Number == 2 ? plan.Clients[^1].Name : null;
        var content = CheckpointOf(round.Number);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        var checkpoint = new BlobReference(LedgerPaths.Checkpoint(round.Number, sha256), sha256, content.Length);
        await PutAsync(global, checkpoint.Name, content);
        if (excluded is not null)
        {
            var cut = new CutDocument { Round = round, Open = "", Admitted = [], Excluded = [new Exclusion(excluded, ExclusionReason.NonFinite, "fc.weight has NaN at 3")] };
            await PutAsync(global, LedgerPaths.Cut(round), LedgerJson.Write(cut, LedgerJson.Default.CutDocument));
        }
        var evaluates = round.Kind == RoundKind.Evaluate || (round.Kind == RoundKind.Train && round.Number % 2 == 0);
        var clients = plan.Clients.Where(c => c.Name != excluded).Select((c, i) => new ClientMetrics
        {
            Client = c.Name,
            Training = round.Kind == RoundKind.Train ? new SampleSums(64, 64 * 2.0 / round.Number, 10) : null,
            Evaluation = evaluates ? new SampleSums(100, 50, 40 + i + Math.Min(round.Number, 10)) : null,
            GlobalEvaluation = evaluates && plan.Personalization.KeepsUnits(plan.Model.Architecture) ? new SampleSums(100, 250, 20) : null,
            TrainSeconds = 0.25,
            Drift = round.Kind == RoundKind.Train ? new Dictionary<string, double>(StringComparer.Ordinal) { ["bn1"] = 0.01 * (i + 1), ["layer</script>.bn"] = 0.5 } : null,
        }).ToList();
        var closed = new ClosedDocument
        {
            Round = round,
            Cut = "",
            Checkpoint = checkpoint,
            Next = next,
            Clients = [.. plan.Clients.Select(c => new ClientRecord(c.Name, c.Name == excluded ? 1 : 0, 64, 100))],
            Metrics = new RoundMetrics
            {
                Seconds = 0.5,
                Training = Sum(clients.Select(c => c.Training)),
                Evaluation = Sum(clients.Select(c => c.Evaluation)),
                GlobalEvaluation = Sum(clients.Select(c => c.GlobalEvaluation)),
                GlobalModelAccuracy = clients.Exists(c => c.GlobalEvaluation is not null) ? 0.2 : null,
                Clients = clients,
                FarOff = round.Kind != RoundKind.Train ? null : round.Number is 3 or 4 ? [new DriftAlarm(plan.Clients[1].Name, "bn1", 1000 * round.Number, 0.5, false)] : [],
            },
        };
        await PutAsync(global, LedgerPaths.Closed(round), LedgerJson.Write(closed, LedgerJson.Default.ClosedDocument));
    }

    // Written as plain files, which is what a folder's blobs are: a store would wait for the disk each time.
    private static Task PutAsync(string global, string name, byte[] content)
    {
        var path = Path.Combine(global, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return File.WriteAllBytesAsync(path, content);
    }

    private static SampleSums? Sum(IEnumerable<SampleSums?> sums) => sums.OfType<SampleSums>().Aggregate((SampleSums?)null, (a, b) => a?.Plus(b) ?? b);
}
