using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;

namespace FedOperator.EndToEnd.Tests.Harness;

/// <summary>A job in a temporary folder: its data, its ledger, and what came out. Deleted when disposed.</summary>
internal sealed class TestJob : IDisposable
{
    public const string Id = "test";

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-test-").FullName;
    private readonly TestAccount? _account;

    /// <summary>Resolves the manifest's spec (YAML, under `spec:`) and writes data and, in a folder, plan.json.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="trainSamples">Images of the train split.</param>
    /// <param name="account">Where its ledger lies, and who publishes it; null: a folder.</param>
    /// <param name="id">Names its containers.</param>
    public TestJob(string spec, int trainSamples = 240, TestAccount? account = null, string id = Id)
    {
        SmallData.Write(Data, trainSamples);
        var reading = Core.Api.Manifest.Read(Manifest(account is null ? spec : spec.Replace("https://example.blob.core.windows.net", account.Url, StringComparison.Ordinal)));
        Assert.True(reading.Job is not null, string.Join('\n', reading.Problems));
        Job = reading.Job!;
        Plan = Planning.Resolve(Job, id);
        _account = account;
        Ledger = new JobLedger(id, (account?.Stores ?? BlobStores.Open("file://" + LedgerFolder)).Container);
        if (account is null)
            File.WriteAllBytes(Path.Join(Directory.CreateDirectory(Path.Join(LedgerFolder, LedgerPaths.GlobalContainer(id))).FullName, LedgerPaths.Plan), PlanJson.Write(Plan));
    }

    /// <summary>A whole manifest around a spec (YAML).</summary>
    public static string Manifest(string spec) =>
        "apiVersion: fedoperator.io/v1alpha1\nkind: FederatedJob\nmetadata: {name: test}\nspec:\n" + string.Join('\n', spec.Split('\n').Select(l => "  " + l));

    public Core.Api.FederatedJob Job { get; }

    public Plan Plan { get; }

    public JobLedger Ledger { get; }

    public string Data => Path.Join(_folder, "data");

    public string LedgerFolder => Path.Join(_folder, "ledger");

    /// <summary>A path beside the ledger: for logs and markers.</summary>
    public string Beside(string name) => Path.Join(_folder, name);

    /// <summary>The last document of the job: where its checkpoint and its clients' states are named.</summary>
    public async Task<ClosedDocument> LastAsync() =>
        (await Ledger.Global.ReadDocumentAsync(LedgerPaths.Closed(new RoundKey(Plan.Rounds, RoundKind.Evaluate)), LedgerJson.Default.ClosedDocument, CancellationToken.None))!.Document;

    /// <summary>Everything that must not depend on kills, cores or stores: the hashes of checkpoint, server state, result and personal states, and which checkpoint is the best.</summary>
    public async Task<string> FingerprintAsync()
    {
        var last = await LastAsync();
        return string.Join('\n', [last.Checkpoint.Sha256, last.ServerState?.Sha256 ?? "-", last.Result!.Sha256, $"best {last.Best}", .. last.Clients.Select(c => $"{c.Name} {c.State ?? "-"}")]);
    }

    /// <summary>A round's cut.</summary>
    public async Task<CutDocument> CutAsync(RoundKey round) =>
        (await Ledger.Global.ReadDocumentAsync(LedgerPaths.Cut(round), LedgerJson.Default.CutDocument, CancellationToken.None))!.Document;

    /// <summary>Whether a blob of the global container is there.</summary>
    public async Task<bool> HasAsync(string blob) => await Ledger.Global.StatAsync(blob, CancellationToken.None) is not null;

    /// <summary>The arguments that tell a process where the ledger is.</summary>
    public IReadOnlyList<string> StoreOf(string process) =>
        _account is null ? ["--store", "file://" + LedgerFolder] : ["--store", _account.Url, "--credential", CredentialOf(process)];

    /// <summary>The credential file of a process.</summary>
    public string CredentialOf(string process) => Beside(process + ".credential.json");

    /// <summary>Replaces control.json.</summary>
    public Task ControlAsync(ControlDocument control) =>
        Ledger.Global.WriteAsync(LedgerPaths.Control, LedgerJson.Write(control, LedgerJson.Default.ControlDocument), null, CancellationToken.None);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
