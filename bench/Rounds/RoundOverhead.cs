using System.Diagnostics;
using System.Text.Json;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;

namespace FedOperator.Bench.Rounds;

/// <summary>`bench round`: what a round costs besides training, by part, as `fed run` on a folder does it: 5 client processes, the demo's cnn, 2 local steps of 32.</summary>
/// <remarks>
/// The peer's figure is Flower 1.23's plain gRPC engine with the same clients, steps and a cnn of the same size, about 65 ms a round on a 2-core machine: given, not measured in this run.
/// Each part is the mean over the train rounds after the first fifth, which pays for just-in-time compilation.
/// </remarks>
internal static class RoundOverhead
{
    private const double FlowerMilliseconds = 65;

    private const string Manifest = """
        apiVersion: fedoperator.io/v1alpha1
        kind: FederatedJob
        metadata: {name: round-overhead}
        spec:
          rounds: 200
          model: {architecture: cnn, width: 16, classes: 10, inputShape: [1, 28, 28]}
          data: {format: idx, path: /data, partition: {method: iid}}
          training: {localSteps: 2, batchSize: 32, optimizer: {name: sgd, learningRate: 0.05, momentum: 0}}
          normalization: {layer: batch, training: federated, gradientStatistics: true}
          evaluation: {everyRounds: 1000}
          clients: [{name: edge, replicas: 5}]
          storage: {azureBlob: {accountUrl: "https://example.blob.core.windows.net", credentialsSecret: key}}
        """;

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("fed-bench-round-");
        try
        {
            var manifest = Path.Join(folder.FullName, "manifest.yaml");
            await File.WriteAllTextAsync(manifest, Manifest, cancellationToken);
            var small = await FedRunAsync(manifest, Path.Join(folder.FullName, "small"), cancellationToken);
            var rows = new List<BenchRow>(await PartsAsync("", small, cancellationToken));
            rows.Insert(0, BenchRow.Beside("whole round, 2 local steps of 32", "ms", rows[0].PeerValue!.Value, "Flower 1.23, plain gRPC engine (given, another machine)", FlowerMilliseconds));
            var demo = await FedRunAsync(Path.Join(BenchResult.Repository(), "samples", "fashion-mnist.yaml"), Path.Join(folder.FullName, "demo"), cancellationToken);
            rows.Add(new BenchRow("demo: whole run", "s", demo.Seconds));
            rows.AddRange(await PartsAsync("demo: ", demo, cancellationToken));
            BenchResult.Write("round-overhead", rows);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<FinishedRun> FedRunAsync(string manifest, string folder, CancellationToken cancellationToken)
    {
        using var fed = Process.Start(new ProcessStartInfo(Path.Join(BenchResult.Repository(), "fed"), ["run", manifest, "--out", folder]) { UseShellExecute = false })!;
        await fed.WaitForExitAsync(cancellationToken);
        if (fed.ExitCode != 0)
            throw new InvalidOperationException($"fed run {manifest} ended with exit code {fed.ExitCode}");
        using var summary = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Join(folder, "summary.json"), cancellationToken));
        return new FinishedRun(
            Directory.GetDirectories(Path.Join(folder, "ledger")).MinBy(d => d.Length)!,
            summary.RootElement.GetProperty("rounds").GetInt32(),
            Math.Round(summary.RootElement.GetProperty("seconds").GetDouble(), 1));
    }

    /// <param name="Global">Folder of the global container.</param>
    /// <param name="Rounds">Closed train rounds.</param>
    /// <param name="Seconds">From the start of `fed` to its summary.</param>
    private sealed record FinishedRun(string Global, int Rounds, double Seconds);

    private static async Task<IReadOnlyList<BenchRow>> PartsAsync(string prefix, FinishedRun run, CancellationToken cancellationToken)
    {
        var global = run.Global;
        var store = new FileBlobStore(global);
        var closed = new List<(RoundMetrics Metrics, DateTime Written)>();
        for (var round = run.Rounds / 5; round <= run.Rounds; round++)
        {
            var name = LedgerPaths.Closed(new RoundKey(round, RoundKind.Train));
            var document = await store.ReadDocumentAsync(name, LedgerJson.Default.ClosedDocument, cancellationToken) ?? throw new JsonException($"no {name}");
            closed.Add((document.Document.Metrics, File.GetLastWriteTimeUtc(Path.Join(global, name))));
        }

        // From one close to the next: everything that a round costs.
        var wall = (closed[^1].Written - closed[0].Written).TotalMilliseconds / (closed.Count - 1);
        double Mean(Func<RoundMetrics, double> part) => 1000 * closed.Skip(1).Average(c => part(c.Metrics));
        var slowest = Mean(m => m.Clients.Max(c => c.Seconds));
        var training = Mean(m => m.Clients.Max(c => c.TrainSeconds));
        var evaluation = Mean(m => m.Clients.Max(c => c.EvaluateSeconds));
        var waiting = Mean(m => m.WaitSeconds);
        var reducing = Mean(m => m.ReduceSeconds);
        BenchRow Part(string name, double milliseconds) => new(prefix + name, "ms", Math.Round(milliseconds, 2), "whole round", Math.Round(wall, 2), Math.Round(milliseconds / wall, 3));
        return
        [
            Part("training steps, slowest client", training),
            Part("evaluation, slowest client (mean over all rounds)", evaluation),
            Part("neither", wall - training - evaluation),
            Part("... client: base in, update and report out", slowest - training - evaluation),
            Part("... seeing open.json and the last report, checks, cut", waiting - slowest),
            Part("... reduction and checkpoint", reducing),
            Part("... closed.json, retention, next open.json", wall - waiting - reducing),
        ];
    }
}
