using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using FedOperator.Core.Storage;

namespace FedOperator.Operator.Tests.Ledgers;

/// <summary>What a container's credential may be tried for.</summary>
internal enum Attempt
{
    Read,
    List,
    Create,
    Write,
    Delete,
    DeleteContainer,
    MakePublic,
}

/// <summary>Someone with one process's credential file, who tries everything on a container: with each signature in it, whatever it was issued for.</summary>
internal sealed class Intruder
{
    private const string Kept = "kept";
    private readonly string _account;
    private readonly BlobStores _owner;
    private readonly IReadOnlyList<string> _signatures;

    public Intruder(string account, BlobStores owner, byte[] credential)
    {
        (_account, _owner) = (account, owner);
        using var document = JsonDocument.Parse(credential);
        _signatures = [.. document.RootElement.GetProperty("containers").EnumerateObject().Select(c => new Uri(c.Value.GetString()!).Query)];
    }

    /// <summary>What succeeds.</summary>
    public async Task<IReadOnlyList<Attempt>> SucceedsAsync(string container)
    {
        var done = new SortedSet<Attempt>();
        await PrepareAsync(container);
        foreach (var signature in _signatures)
        {
            foreach (var attempt in Enum.GetValues<Attempt>().Where(a => !done.Contains(a)))
            {
                if (!await TryAsync(new BlobContainerClient(new Uri($"{_account}/{container}{signature}"), Options()), attempt))
                    continue;
                done.Add(attempt);
                await PrepareAsync(container);
            }
        }
        return [.. done];
    }

    /// <summary>Whether any signature lists the account's containers, or makes one.</summary>
    public async Task<bool> OpensAccountAsync()
    {
        foreach (var signature in _signatures)
        {
            var service = new BlobServiceClient(new Uri(_account + signature), Options());
            if (await AllowedAsync(async () => await service.GetBlobContainersAsync().AsPages().GetAsyncEnumerator().MoveNextAsync())
                || await AllowedAsync(() => new BlobContainerClient(new Uri($"{_account}/made-{Guid.NewGuid():N}{signature}"), Options()).CreateAsync()))
            {
                return true;
            }
        }
        return false;
    }

    private async Task PrepareAsync(string container)
    {
        await _owner.CreateContainerAsync(container, default);
        await _owner.Container(container).WriteAsync(Kept, "secret"u8.ToArray(), null, default);
    }

    private static Task<bool> TryAsync(BlobContainerClient container, Attempt attempt) => AllowedAsync(() => attempt switch
    {
        Attempt.Read => container.GetBlobClient(Kept).DownloadContentAsync(),
        Attempt.List => container.GetBlobsAsync().AsPages().GetAsyncEnumerator().MoveNextAsync().AsTask(),
        Attempt.Create => container.GetBlobClient("new-" + Guid.NewGuid().ToString("N")).UploadAsync(BinaryData.FromString("x"), new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } }),
        Attempt.Write => container.GetBlobClient(Kept).UploadAsync(BinaryData.FromString("changed"), overwrite: true),
        Attempt.Delete => container.GetBlobClient(Kept).DeleteAsync(),
        Attempt.DeleteContainer => container.DeleteAsync(),
        _ => container.SetAccessPolicyAsync(PublicAccessType.BlobContainer),
    });

    private static async Task<bool> AllowedAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (RequestFailedException refused)
        {
            // any other answer would mean that the request got past the signature
            Assert.True(refused.Status == 403, $"{refused.Status} {refused.ErrorCode}");
            return false;
        }
    }

    private static BlobClientOptions Options()
    {
        var options = new BlobClientOptions(BlobClientOptions.ServiceVersion.V2021_12_02);
        options.Retry.MaxRetries = 0;
        return options;
    }
}
