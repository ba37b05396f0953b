using System.Net;
using System.Text;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Operator.Children;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Kubernetes;
using k8s;
using k8s.Autorest;

namespace FedOperator.Operator.Remote;

/// <summary>As which process a job's storage is opened, and by what.</summary>
/// <param name="Process">Whose credential is taken from the job's Secrets: a client's name, or `aggregator`.</param>
/// <param name="Credential">A credential file in place of it; null: the Secrets'.</param>
/// <param name="Store">Another address of the storage, or a folder; null: the spec's.</param>
internal sealed record StoreRequest(string Process, string? Credential, string? Store);

/// <summary>A job's storage, opened with what its user may read: a credential file, a process's credential in the job's Secrets, or the account's key in the Secret that the spec names. None of them is ever shown.</summary>
internal sealed class PullStore : IDisposable
{
    private readonly DirectoryInfo? _folder;

    private PullStore(BlobStores stores, DirectoryInfo? folder) => (Stores, _folder) = (stores, folder);

    /// <summary>Its containers.</summary>
    public BlobStores Stores { get; }

    /// <summary>Opens it.</summary>
    /// <exception cref="RemoteException">Why it cannot be, and what to give.</exception>
    public static async Task<PullStore> OpenAsync(Cluster cluster, RemoteJob job, StoreRequest request, TimeProvider time, CancellationToken cancellationToken)
    {
        if (job.Spec.Job is not { Spec.Storage: { } storage })
            throw new RemoteException($"The spec of {job.Key} does not say where its blobs lie: {Words.List([.. job.Spec.Refused.Select(p => p.ToString())], ". ")}");
        if (request.Store is { } given && (request.Credential is not null || storage.AzureBlob is null || !IsAccount(given)))
            return new PullStore(At(given, request.Credential), null);
        if (storage.AzureBlob is not { } azure)
        {
            throw new RemoteException(
                $"The blobs of {job.Key} lie in the claim {storage.Volume!.ClaimName}, which can be read only where it is mounted: run fed in a pod that mounts it, or on the machine that serves it, with --store FOLDER (the folder that has fj-{JobId.Cluster(job.Uid)} in it).");
        }
        if (request.Credential is { } file)
            return new PullStore(At(azure.AccountUrl, file), null);
        return await FromSecretsAsync(cluster, job, request.Process, azure, Address(request.Store ?? azure.AccountUrl), time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The Secret with a process's credential, and the key under which it is there.</summary>
    public static (string Name, string Key) SecretOf(RemoteJob job, string process)
    {
        var index = job.Clients.ToList().FindIndex(c => c.Name == process);
        if (index < 0)
            return (ChildNames.Secret(job.Key.Name), ChildNames.SecretKey(process));
        return job.Clients[index].External
            ? (ChildNames.ExternalSecret(job.Key.Name, process), ChildNames.ExternalCredentialKey)
            : (ChildNames.Secret(job.Key.Name, job.Clients.Count, index), ChildNames.SecretKey(process));
    }

    /// <summary>What `--store` names: a folder, or an account with a credential file. Messages do not repeat what may have a secret in it.</summary>
    /// <exception cref="RemoteException">There is no such folder; an account without a credential file; an address that has a secret in it.</exception>
    public static BlobStores At(string store, string? credential)
    {
        if (IsAccount(store))
            return credential is { } file ? BlobStores.Open(Address(store), file) : throw new RemoteException($"--store {Address(store)}: the address of an account needs --credential FILE; a client's own will do.");
        if (store.Contains(';', StringComparison.Ordinal) && store.Contains('=', StringComparison.Ordinal))
            throw new RemoteException("--store is a connection string: an account's key is not taken here. Give https://ACCOUNT, and by --credential a file {\"containers\": {\"NAME\": \"URL with a signature\"}}.");
        var path = store.StartsWith("file://", StringComparison.Ordinal) ? new Uri(store).LocalPath : store;
        return Directory.Exists(path)
            ? BlobStores.Open(new Uri(Path.GetFullPath(path)).AbsoluteUri)
            : throw new RemoteException($"--store {path}: there is no such folder; give the one that has the job's containers (fj-...) in it.");
    }

    private static bool IsAccount(string store) => Uri.TryCreate(store, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https" };

    // Without a signature: those are a container's, and belong into the credential file.
    private static string Address(string store) => new Uri(store) is { Query.Length: 0, UserInfo.Length: 0 } ? store
        : throw new RemoteException($"--store {new Uri(store).GetLeftPart(UriPartial.Authority)}...: it has more than an address in it; give the address alone, and the URLs with their signatures in a file by --credential.");

    /// <inheritdoc/>
    public void Dispose() => _folder?.Delete(recursive: true);

    private static async Task<PullStore> FromSecretsAsync(Cluster cluster, RemoteJob job, string process, AzureBlobSpec azure, string url, TimeProvider time, CancellationToken cancellationToken)
    {
        var (name, entry) = SecretOf(job, process);
        var (secret, refusal) = await SecretAsync(cluster, job, name, cancellationToken).ConfigureAwait(false);
        if (secret?.GetValueOrDefault(entry) is { } content)
        {
            var credential = CredentialSet.Parse(content, "Secret " + name);
            if (credential.Ends is not { } end || end > time.GetUtcNow())
                return Keep(url, credential);
        }
        // A job that ended long ago has credentials that have ended too.
        if (azure.CredentialsSecret is { } keys && (await SecretAsync(cluster, job, keys, cancellationToken).ConfigureAwait(false)).Data?.GetValueOrDefault(ChildNames.AccountKey) is { } key)
            return new PullStore(BlobStores.WithKey(new Uri(url), Encoding.UTF8.GetString(key).Trim()), null);
        if (refusal is not null)
            throw new RemoteException($"{refusal}: fed takes the job's credential from there. Ask for the right to get that Secret, or give a credential file by --credential.");
        throw new RemoteException($"{(secret?.ContainsKey(entry) == true ? $"The credential in Secret {name} has ended" : $"Namespace {job.Key.Namespace} has no Secret {name} with a credential of {process}: none was issued yet, or it is gone")}. "
            + $"Give a file by --credential: {Form(job, process)}.");
    }

    private static string Form(RemoteJob job, string process)
    {
        var global = LedgerPaths.GlobalContainer(JobId.Cluster(job.Uid));
        return process == JobProcesses.AggregatorName
            ? $"{{\"containers\": {{\"{global}\": \"URL with a signature to read and list\"}}}}"
            : $"{{\"containers\": {{\"{global}\": \"URL with a signature to read\", \"{LedgerPaths.PrivateContainer(JobId.Cluster(job.Uid), process)}\": \"URL with a signature to read\"}}}}";
    }

    // The store reads credentials from files. This one is its owner's alone, and goes when all is fetched.
    private static PullStore Keep(string url, CredentialSet credential)
    {
        var folder = Directory.CreateTempSubdirectory("fed-pull-");
        var file = Path.Join(folder.FullName, "credential.json");
        CredentialFile.Write(file, credential.Content);
        return new PullStore(BlobStores.Open(url, file), folder);
    }

    /// <summary>What a Secret holds, or why it may not be read; neither where there is none.</summary>
    private static async Task<(IReadOnlyDictionary<string, byte[]>? Data, string? Refusal)> SecretAsync(Cluster cluster, RemoteJob job, string name, CancellationToken cancellationToken)
    {
        try
        {
            var secret = await cluster.Client.CoreV1.ReadNamespacedSecretAsync(name: name, namespaceParameter: job.Key.Namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
            return (new Dictionary<string, byte[]>(secret.Data ?? new Dictionary<string, byte[]>(StringComparer.Ordinal), StringComparer.Ordinal), null);
        }
        catch (HttpOperationException e) when (ApiRefusal.Of(e).Code == HttpStatusCode.NotFound)
        {
            return (null, null);
        }
        catch (HttpOperationException e) when (ApiRefusal.Of(e).Code == HttpStatusCode.Forbidden)
        {
            return (null, ApiRefusal.Of(e).Message);
        }
    }
}
