using System.Collections.Concurrent;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;

namespace FedOperator.ClusterEndToEnd.Harness;

/// <summary>`fed run` of a manifest on this machine: what a cluster must give the same bytes as. Once a manifest.</summary>
internal sealed record LocalReference(IReadOnlyList<string> Fingerprint, byte[] Checkpoint, string Text)
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<LocalReference>>> s_known = new(StringComparer.Ordinal);

    /// <summary>Of a manifest's text.</summary>
    public static Task<LocalReference> OfAsync(string manifest) => s_known.GetOrAdd(manifest, text => new(() => RunAsync(text))).Value;

    private static async Task<LocalReference> RunAsync(string manifest)
    {
        var folder = Directory.CreateTempSubdirectory("fed-reference-");
        try
        {
            var file = Path.Join(folder.FullName, "manifest.yaml");
            var run = Path.Join(folder.FullName, "run");
            await File.WriteAllTextAsync(file, manifest);
            var text = await Shell.RunAsync(Programs.Source("fed"), ["run", file, "--out", run]);
            var plan = Directory.GetFiles(Path.Join(run, "ledger"), LedgerPaths.Plan, SearchOption.AllDirectories).Single();
            var read = PlanJson.Read(await File.ReadAllBytesAsync(plan));
            var stores = BlobStores.Open("file://" + Path.Join(run, "ledger"));
            return new LocalReference(
                await ClusterEndToEnd.Harness.Fingerprint.OfAsync(stores, read.Job, read.Clients.Select(c => c.Name)),
                await File.ReadAllBytesAsync(Path.Join(run, "checkpoint.safetensors")),
                text);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
