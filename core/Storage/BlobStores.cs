using Azure.Storage.Blobs;
using Azure.Storage.Sas;

namespace FedOperator.Core.Storage;

/// <summary>Opens containers at a store's address.</summary>
/// <remarks>
/// Three kinds of address: `file:///folder`, whose sub-folders are the containers; `https://ACCOUNT` (or http) with a credential file that has a URL with its own signature for each container;
/// and an Azure connection string, for the one process that creates containers and issues those signatures. All but folders are retried (<see cref="RetryingBlobStore"/>).
/// </remarks>
public sealed class BlobStores
{
    private readonly string? _folder;
    private readonly CredentialFile? _credentials;
    private readonly BlobServiceClient? _service;
    private readonly RetryOptions _retry;
    private readonly TimeProvider _time;

    private BlobStores(string? folder, CredentialFile? credentials, BlobServiceClient? service, RetryOptions retry, TimeProvider time) =>
        (_folder, _credentials, _service, _retry, _time) = (folder, credentials, service, retry, time);

    /// <summary>Opens an address.</summary>
    /// <param name="address">`file:///folder`, `https://ACCOUNT`, or a connection string.</param>
    /// <param name="credentialFile">For an account's URL: where the containers' URLs are; read again after a refusal.</param>
    /// <param name="retry">Default: <see cref="RetryOptions"/>'s.</param>
    /// <param name="time">Paces retries and dates signatures; default: the system's.</param>
    /// <exception cref="ArgumentException">None of the three, or an account's URL without a credential file. The message does not repeat the address.</exception>
    public static BlobStores Open(string address, string? credentialFile = null, RetryOptions? retry = null, TimeProvider? time = null)
    {
        retry = (retry ?? new RetryOptions()).Validate();
        time ??= TimeProvider.System;
        if (Uri.TryCreate(address, UriKind.Absolute, out var url) && url.IsFile && url.IsLoopback)
            return new BlobStores(url.LocalPath, null, null, retry, time);
        if (url is { Scheme: "http" or "https" })
        {
            return credentialFile is null
                ? throw new ArgumentException("the address of an account needs a credential file", nameof(address))
                : new BlobStores(null, new CredentialFile(credentialFile), null, retry, time);
        }
        try
        {
            return new BlobStores(null, null, new BlobServiceClient(address, AzureBlobStore.ClientOptions()), retry, time);
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException or InvalidOperationException)
        {
#pragma warning disable MA0054 // no inner exception: it may quote the account's key
            throw new ArgumentException("not a store: expected file:///FOLDER, https://ACCOUNT, or an Azure connection string", nameof(address));
#pragma warning restore MA0054
        }
    }

    /// <summary>Opens a container. A folder is created where it is missing; an Azure container is not asked for until it is used.</summary>
    /// <exception cref="BlobStoreException">A bad name, or no credential for it.</exception>
    public IBlobStore Container(string name)
    {
        BlobNames.CheckContainer(name);
        if (_folder is not null)
            return new FileBlobStore(Path.Join(_folder, name));
        var options = AzureBlobStore.ClientOptions();
        var container = _service is null
            ? new AzureContainer(() => _credentials!.UrlOf(name), options)
            : new AzureContainer(_service.GetBlobContainerClient(name), options);
        return new RetryingBlobStore(new AzureBlobStore(container), _retry, _time);
    }

    /// <summary>Creates a container; one that is there is no error.</summary>
    /// <exception cref="InvalidOperationException">Opened with a credential file, which covers containers only.</exception>
    /// <exception cref="BlobStoreException">The store refused.</exception>
    public Task CreateContainerAsync(string name, CancellationToken cancellationToken)
    {
        BlobNames.CheckContainer(name);
        if (_folder is null)
            return ServiceCallAsync(name, c => c.CreateIfNotExistsAsync(cancellationToken: cancellationToken), cancellationToken);
        Directory.CreateDirectory(Path.Join(_folder, name));
        return Task.CompletedTask;
    }

    /// <summary>Deletes a container and all its blobs; one that is not there is no error.</summary>
    /// <exception cref="InvalidOperationException">Opened with a credential file, which covers containers only.</exception>
    /// <exception cref="BlobStoreException">The store refused.</exception>
    public Task DeleteContainerAsync(string name, CancellationToken cancellationToken)
    {
        BlobNames.CheckContainer(name);
        if (_folder is null)
            return ServiceCallAsync(name, c => c.DeleteIfExistsAsync(cancellationToken: cancellationToken), cancellationToken);
        if (Directory.Exists(Path.Join(_folder, name)))
            Directory.Delete(Path.Join(_folder, name), recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>A container's URL with a signature that allows so much for so long. A secret: it goes into a credential file and nowhere else.</summary>
    /// <exception cref="InvalidOperationException">Not opened with a connection string that has the account's key.</exception>
    public Uri IssueUrl(string container, ContainerAccess access, TimeSpan validFor)
    {
        BlobNames.CheckContainer(container);
        var client = Service.GetBlobContainerClient(container);
        if (!client.CanGenerateSasUri)
            throw new InvalidOperationException("the connection string has no account key, and signatures need one");
        var sas = new BlobSasBuilder
        {
            BlobContainerName = container,
            Resource = "c",
            // a little in the past: clocks differ
            StartsOn = _time.GetUtcNow() - TimeSpan.FromMinutes(5),
            ExpiresOn = _time.GetUtcNow() + validFor,
        };
        sas.SetPermissions(access.ToSas());
        return client.GenerateSasUri(sas);
    }

    /// <summary>Writes a credential file (mode 0600) that <see cref="Open"/> accepts: a URL from <see cref="IssueUrl"/> by container.</summary>
    public static void WriteCredentialFile(string path, IReadOnlyDictionary<string, Uri> containers) => CredentialFile.Write(path, containers);

    private BlobServiceClient Service =>
        _service ?? throw new InvalidOperationException("only a store opened with a connection string creates containers and issues signatures");

    private async Task ServiceCallAsync<T>(string name, Func<BlobContainerClient, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            await call(Service.GetBlobContainerClient(name));
        }
        catch (Exception fault) when (AzureFaults.Known(fault, cancellationToken))
        {
            throw AzureFaults.Map(fault, name, null);
        }
    }
}
