using System.Net;
using System.Text;
using FedOperator.Core.Api;
using FedOperator.Core.Storage;
using FedOperator.Operator.Children;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Kubernetes;
using k8s;
using k8s.Autorest;

namespace FedOperator.Operator.Remote;

/// <summary>A job's storage, opened with what its user may read: a credential file, the aggregator's credential in the job's Secret, or the account's key in the Secret that the spec names. None of them is ever shown.</summary>
internal sealed class PullStore : IDisposable
{
    private readonly DirectoryInfo? _folder;

    private PullStore(BlobStores stores, DirectoryInfo? folder) => (Stores, _folder) = (stores, folder);

    /// <summary>Its containers.</summary>
    public BlobStores Stores { get; }

    /// <summary>Opens it.</summary>
    /// <exception cref="RemoteException">Why it cannot be, and what to give.</exception>
    public static async Task<PullStore> OpenAsync(Cluster cluster, RemoteJob job, PullRequest request, TimeProvider time, CancellationToken cancellationToken)
    {
        if (job.Spec.Job is not { Spec.Storage: { } storage })
            throw new RemoteException($"The spec of {job.Key} does not say where its blobs lie: {Words.List([.. job.Spec.Refused.Select(p => p.ToString())], ". ")}");
        if (request.Store is { } given && !given.Contains("://", StringComparison.Ordinal))
            return new PullStore(Folder(given), null);
        if (storage.AzureBlob is not { } azure)
        {
            return request.Store is { } address ? new PullStore(BlobStores.Open(address, request.Credential), null) : throw new RemoteException(
                $"The blobs of {job.Key} lie in the claim {storage.Volume!.ClaimName}, which can be read only where it is mounted: run fed in a pod that mounts it, or on the machine that serves it, with --store FOLDER (the folder that has fj-{JobId.Cluster(job.Uid)} in it).");
        }
        var url = request.Store ?? azure.AccountUrl;
        if (request.Credential is { } file)
            return new PullStore(BlobStores.Open(url, file), null);
        return await FromSecretsAsync(cluster, job, azure, url, time, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder?.Delete(recursive: true);

    private static BlobStores Folder(string path) => Directory.Exists(path)
        ? BlobStores.Open(new Uri(Path.GetFullPath(path)).AbsoluteUri)
        : throw new RemoteException($"--store {path}: there is no such folder; give the one that has the job's containers (fj-...) in it.");

    private static async Task<PullStore> FromSecretsAsync(Cluster cluster, RemoteJob job, AzureBlobSpec azure, string url, TimeProvider time, CancellationToken cancellationToken)
    {
        var name = ChildNames.Secret(job.Key.Name);
        var secret = await SecretAsync(cluster, job, name, cancellationToken).ConfigureAwait(false);
        if (secret?.GetValueOrDefault(ChildNames.SecretKey(JobProcesses.AggregatorName)) is { } content)
        {
            var credential = CredentialSet.Parse(content, "Secret " + name);
            if (credential.Ends is not { } end || end > time.GetUtcNow())
                return Keep(url, credential);
        }
        // A job that ended long ago has credentials that have ended too.
        if (azure.CredentialsSecret is { } keys && await SecretAsync(cluster, job, keys, cancellationToken).ConfigureAwait(false) is { } data && data.GetValueOrDefault(ChildNames.AccountKey) is { } key)
            return new PullStore(BlobStores.WithKey(new Uri(url), Encoding.UTF8.GetString(key).Trim()), null);
        throw new RemoteException($"{(secret is null ? $"Namespace {job.Key.Namespace} has no Secret {name}: no credential was issued yet, or it is gone" : $"The credential in Secret {name} has ended")}. "
            + $"Give a file by --credential: {{\"containers\": {{\"fj-{JobId.Cluster(job.Uid)}\": \"URL with a signature to read and list\"}}}}.");
    }

    // The store reads credentials from files. This one is its owner's alone, and goes when all is fetched.
    private static PullStore Keep(string url, CredentialSet credential)
    {
        var folder = Directory.CreateTempSubdirectory("fed-pull-");
        var file = Path.Join(folder.FullName, "credential.json");
        CredentialFile.Write(file, credential.Content);
        return new PullStore(BlobStores.Open(url, file), folder);
    }

    private static async Task<IReadOnlyDictionary<string, byte[]>?> SecretAsync(Cluster cluster, RemoteJob job, string name, CancellationToken cancellationToken)
    {
        try
        {
            var secret = await cluster.Client.CoreV1.ReadNamespacedSecretAsync(name: name, namespaceParameter: job.Key.Namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
            return new Dictionary<string, byte[]>(secret.Data ?? new Dictionary<string, byte[]>(StringComparer.Ordinal), StringComparer.Ordinal);
        }
        catch (HttpOperationException e) when (ApiRefusal.Of(e).Code == HttpStatusCode.NotFound)
        {
            return null;
        }
        catch (HttpOperationException e) when (ApiRefusal.Of(e).Code == HttpStatusCode.Forbidden)
        {
            throw new RemoteException($"{ApiRefusal.Of(e).Message}: fed takes the job's credential from there. Ask for the right to get that Secret, or give a credential file by --credential.", e);
        }
    }
}
