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
    private const int Rounds = 200;

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
            using var fed = Process.Start(new ProcessStartInfo(Path.Join(BenchResult.Repository(), "fed"), ["run", manifest, "--out", Path.Join(folder.FullName, "run")]) { UseShellExecute = false })!;
            await fed.WaitForExitAsync(cancellationToken);
            if (fed.ExitCode != 0)
                throw new InvalidOperationException($"fed run ended with exit code {fed.ExitCode}");
            BenchResult.Write("round-overhead", await PartsAsync(Directory.GetDirectories(Path.Join(folder.FullName, "run", "ledger")).MinBy(d => d.Length)!, cancellationToken));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<IReadOnlyList<BenchRow>> PartsAsync(string global, CancellationToken cancellationToken)
    {
        var store = new FileBlobStore(global);
        var closed = new List<(RoundMetrics Metrics, DateTime Written)>();
        for (var round = Rounds / 5; round <= Rounds; round++)
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
        var waiting = Mean(m => m.WaitSeconds);
        var reducing = Mean(m => m.ReduceSeconds);
        BenchRow Part(string name, double milliseconds) => new(name, "ms", Math.Round(milliseconds, 2), "whole round", Math.Round(wall, 2), Math.Round(milliseconds / wall, 3));
        return
        [
            BenchRow.Beside("whole round", "ms", wall, "Flower 1.23, plain gRPC engine (given, another machine)", FlowerMilliseconds),
            Part("training steps, slowest client", training),
            Part("not training", wall - training),
            Part("... client: base in, update and report out", slowest - training),
            Part("... seeing open.json and the last report, checks, cut", waiting - slowest),
            Part("... reduction and checkpoint", reducing),
            Part("... closed.json, retention, next open.json", wall - waiting - reducing),
        ];
    }
}
