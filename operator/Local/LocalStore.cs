using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Local;

/// <summary>The blob store of a run on this machine: folders, or a local Azurite with a signature for each process.</summary>
internal sealed class LocalStore : IAsyncDisposable
{
    // A run of some weeks; a resumed run issues new ones.
    private static readonly TimeSpan s_validity = TimeSpan.FromDays(30);

    private readonly Azurite? _azurite;
    private readonly Func<string, IReadOnlyList<string>> _arguments;

    private LocalStore(BlobStores stores, Azurite? azurite, string description, Func<string, IReadOnlyList<string>> arguments) =>
        (Stores, _azurite, Description, _arguments) = (stores, azurite, description, arguments);

    /// <summary>Where the ledger is, for the user.</summary>
    public string Description { get; }

    /// <summary>The arguments that tell a process where the ledger is.</summary>
    public IReadOnlyList<string> Arguments(string process) => _arguments(process);

    /// <summary>With all rights.</summary>
    public BlobStores Stores { get; }

    /// <summary>A store of folders.</summary>
    public static LocalStore Files(RunFolder folder)
    {
        Directory.CreateDirectory(folder.Ledger);
        var address = new Uri(folder.Ledger).AbsoluteUri;
        return new LocalStore(BlobStores.Open(address), null, folder.Ledger, _ => ["--store", address]);
    }

    /// <summary>Starts an Azurite on this machine.</summary>
    public static async Task<LocalStore> AzureAsync(RunFolder folder, string azurite, CancellationToken cancellationToken)
    {
        var server = await Azurite.StartAsync(azurite, folder.Azurite, folder.Log("azurite"), cancellationToken).ConfigureAwait(false);
        return new LocalStore(BlobStores.Open(server.ConnectionString), server, $"{server.Url} (Azurite, {folder.Azurite})",
            process => ["--store", server.Url, "--credential", CredentialFile(folder, process)]);
    }

    /// <summary>Whether the ledger of a run that is there lies in Azurite.</summary>
    public static bool IsAzure(RunFolder folder) => File.Exists(folder.Settings) && RunSettings.Read(folder.Settings).Store == "azure";

    /// <summary>Opens the ledger of a run that is there.</summary>
    /// <exception cref="LedgerException">It lies in Azurite, which is not installed.</exception>
    public static async Task<LocalStore> OpenAsync(RunFolder folder, CancellationToken cancellationToken)
    {
        if (!IsAzure(folder))
            return Files(folder);
        var azurite = Azurite.FindAbove(Environment.CurrentDirectory, AppContext.BaseDirectory)
            ?? throw new LedgerException("this run's ledger is in Azurite, which is not installed in artifacts/tools/azurite; run tests/azurite/install.sh");
        return await AzureAsync(folder, azurite, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a credential file for each process where the store knows credentials.</summary>
    public async Task IssueAsync(RunFolder folder, Plan plan, TimeProvider time, CancellationToken cancellationToken)
    {
        if (_azurite is null)
            return;
        Directory.CreateDirectory(folder.Credentials);
        var issued = Credentials.Issue(plan, await Stores.SignerAsync(time.GetUtcNow() + s_validity, cancellationToken).ConfigureAwait(false));
        foreach (var (process, content) in issued.Files)
            BlobStores.WriteCredentialFile(CredentialFile(folder, process), content);
    }

    /// <summary>Stops Azurite, where there is one.</summary>
    public ValueTask DisposeAsync() => _azurite?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static string CredentialFile(RunFolder folder, string process) =>
        Path.Combine(folder.Credentials, (process == JobProcesses.InitName ? JobProcesses.AggregatorName : process) + ".json");
}
