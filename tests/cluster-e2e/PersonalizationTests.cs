using System.Globalization;
using System.Text;
using FedOperator.ClusterEndToEnd.Harness;
using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;

namespace FedOperator.ClusterEndToEnd;

/// <summary>A job on real pods that starts from a checkpoint in a claim, and whose classifiers stay with their clients: each client's whole model is exported, by those who may.</summary>
[Collection(nameof(OneCluster))]
public sealed class PersonalizationTests(Workplace place) : IClassFixture<InstalledOperator>, IDisposable
{
    private const string Data = "/usr/share/datasets/fashion-mnist", Classifier = "fc.weight";

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-e2e-export-").FullName;

    [Fact]
    public async Task A_job_starts_from_a_checkpoint_in_a_claim_and_each_clients_own_model_is_exported()
    {
        var kubectl = await place.NewNamespaceAsync("personal");
        await using var models = await FolderClaim.CreateAsync(kubectl, "models", "ReadOnlyMany");
        var start = (await LocalReference.OfAsync(await ManifestAsync("small", ("  rounds: 30\n", "  rounds: 2\n")))).Checkpoint;
        var path = Path.Join(models.Folder, "start.safetensors");
        await File.WriteAllBytesAsync(path, start);

        await using var run = await JobRun.StartInAsync(place, kubectl, await ManifestAsync(
            "stateful",
            ("  rounds: 60\n", "  rounds: 12\n"),
            ("everyRounds: 20}", "everyRounds: 4}"),
            ("inputShape: [1, 28, 28]}", $"inputShape: [1, 28, 28], initialCheckpoint: {{path: {path}, volume: {{persistentVolumeClaim: {{claimName: models}}}}}}}}")));
        var job = await run.CompletesWithTheBytesOfALocalRunAsync();
        Assert.Equal(Tensors(start)[Classifier], Tensors(await ReadAsync(run, LedgerPaths.InitialPersonal))[Classifier]);

        var accuracy = job["status"]!["clientAccuracy"]!;
        var plan = Path.Join(_folder, "plan.json");
        await File.WriteAllBytesAsync(plan, await ReadAsync(run, LedgerPaths.Plan));
        var heads = new HashSet<string>(StringComparer.Ordinal);
        foreach (var client in (string[])["site-0", "site-1", "site-2"])
        {
            var own = Assert.Single(job["status"]!["result"]!["personal"]!.AsArray(), p => (string?)p!["client"] == client)!;
            var said = await ExportAsync(run, client);
            Assert.True(said.Code == 0, said.All);
            Assert.Contains(((string)own["state"]!)[(run.AccountUrl.Length + 1)..], said.Output, StringComparison.Ordinal);

            // What the file is worth on the client's own test samples is what the status says of it.
            var model = Path.Join(_folder, client + ".safetensors");
            var score = await Shell.RunAsync("dotnet", [Programs.Source("trainer/bin/Release/net10.0/trainer.dll"), "evaluate", "--plan", plan, "--checkpoint", model, "--data", Data, "--client", client]);
            var each = (double)accuracy["each"]![client]!;
            Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"accuracy={each:F4} "), score, StringComparison.Ordinal);
            heads.Add(Convert.ToHexString(Tensors(await File.ReadAllBytesAsync(model))[Classifier]));
        }
        Assert.Equal(3, heads.Count);

        var secret = (await run.Kubectl.FindAsync("secret", run.Name + "-credentials"))!["data"]!;
        foreach (var (process, may) in ((string, bool)[])[("site-0", false), ("aggregator", false), ("site-1", true)])
        {
            var credential = Path.Join(_folder, process + ".json");
            await File.WriteAllBytesAsync(credential, Convert.FromBase64String((string)secret[process + ".json"]!));
            var said = await ExportAsync(run, "site-1", "--credential", credential);
            Assert.True(said.Code == (may ? 0 : 2), said.All);
            Assert.True(may || said.Error.Contains("which neither the aggregator nor another client may open", StringComparison.Ordinal), said.All);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<string> ManifestAsync(string name, params (string Given, string By)[] changes)
    {
        var manifest = new StringBuilder(await File.ReadAllTextAsync(Programs.Source($"tests/cluster-e2e/Manifests/{name}.yaml")));
        foreach (var (given, by) in changes)
        {
            Assert.Contains(given, manifest.ToString(), StringComparison.Ordinal);
            manifest.Replace(given, by);
        }
        return manifest.ToString();
    }

    private Task<Said> ExportAsync(JobRun run, string client, params string[] more) =>
        Shell.TryAsync(Programs.Source("fed"), ["export", run.Name, "-n", run.Namespace, "--client", client, "--out", Path.Join(_folder, client + ".safetensors"), .. more]);

    private static async Task<byte[]> ReadAsync(JobRun run, string blob) =>
        (await run.Ledger.Global.ReadAsync(blob, LedgerPaths.MaximumDocumentLength, null, default)).Content.ToArray();

    private static Dictionary<string, byte[]> Tensors(byte[] file) =>
        SafetensorsContent.Parse("test", file).ToDictionary(t => t.Entry.Name, t => t.Data.ToArray(), StringComparer.Ordinal);
}
