using FedOperator.Core.Storage;

namespace FedOperator.Core.Tests.Storage;

/// <summary>Credentials that end, in a real account.</summary>
[Collection("Azurite")]
public sealed class CredentialRenewalTests(AzuriteFixture fixture) : IDisposable
{
    private const ContainerAccess Rights = ContainerAccess.Read | ContainerAccess.Create | ContainerAccess.Write;
    private readonly Folder _folder = new();
    private readonly List<string> _told = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_next_credential_is_found_in_the_private_container_before_the_present_one_ends_and_outlives_a_restart()
    {
        var (exchange, home) = (await fixture.Azurite.NewContainerAsync(), await fixture.Azurite.NewContainerAsync());
        BlobStores.WriteCredentialFile(_folder["c.json"], await ContentAsync(TimeSpan.FromSeconds(8), exchange, home));
        var store = Open(home).Container(exchange);
        Assert.NotNull(await store.CreateAsync("first", default, default));

        var next = await ContentAsync(TimeSpan.FromHours(1), exchange, home);
        await fixture.Azurite.Stores.Container(home).CreateAsync("credential.json", next, default);
        var noticed = await UntilAsync(async () =>
        {
            await store.StatAsync("first", default);
            return (await File.ReadAllBytesAsync(_folder["c.json"])).AsSpan().SequenceEqual(next);
        });
        Assert.True(noticed, string.Join('\n', _told));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["c.json"]));
        await Task.Delay(TimeSpan.FromSeconds(8.5));
        Assert.NotNull(await store.CreateAsync("second", default, default));
        Assert.NotNull(await Open(home).Container(exchange).CreateAsync("third", default, default));
        Assert.Contains(_told, t => t.StartsWith($"new credentials from {home}/credential.json, good until ", StringComparison.Ordinal));
        Assert.DoesNotContain(_told, t => t.Contains("sig=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_old_file_that_cannot_be_replaced_is_not_gone_back_to()
    {
        var (exchange, home) = (await fixture.Azurite.NewContainerAsync(), await fixture.Azurite.NewContainerAsync());
        Directory.CreateDirectory(_folder["mounted"]);
        var file = _folder["mounted/c.json"];
        BlobStores.WriteCredentialFile(file, await ContentAsync(TimeSpan.FromMinutes(1), exchange, home));
        // a folder in the way of the new file: like a mounted Secret, it cannot be replaced (and root, who runs tests, may write anywhere)
        Directory.CreateDirectory(file + ".new");
        var store = Open(home, file).Container(exchange);
        await fixture.Azurite.Stores.Container(home).CreateAsync("credential.json", await ContentAsync(TimeSpan.FromHours(1), exchange, home), default);
        // signatures start five minutes in the past: so more than half of that minute's lifetime is over
        Assert.True(await UntilAsync(async () =>
        {
            await store.StatAsync("a", default);
            return _told.Any(t => t.Contains("new credentials from " + home, StringComparison.Ordinal));
        }));
        Assert.Contains(_told, t => t.Contains("cannot be replaced", StringComparison.Ordinal));
        var told = _told.Count;
        // what the credential does not allow is refused, and not tried with the old one
        await Assert.ThrowsAsync<BlobStoreException>(() => store.DeleteAsync("a", default));
        await Assert.ThrowsAsync<BlobStoreException>(() => store.DeleteAsync("a", default));
        Assert.Equal(told, _told.Count);
    }

    [Fact]
    public async Task A_credential_that_ended_without_a_successor_says_so()
    {
        var (exchange, home) = (await fixture.Azurite.NewContainerAsync(), await fixture.Azurite.NewContainerAsync());
        BlobStores.WriteCredentialFile(_folder["c.json"], await ContentAsync(TimeSpan.FromSeconds(-1), exchange, home));
        var refused = await Assert.ThrowsAsync<BlobStoreException>(() => Open(home).Container(exchange).StatAsync("a", default));
        Assert.Equal(BlobFault.Denied, refused.Fault);
        Assert.Contains("credential ended at", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_replaced_under_a_process_is_taken_up_before_a_refusal()
    {
        var container = await fixture.Azurite.NewContainerAsync();
        BlobStores.WriteCredentialFile(_folder["c.json"], await ContentAsync(TimeSpan.FromSeconds(30), container));
        var store = Open(null).Container(container);
        await store.StatAsync("a", default);
        BlobStores.WriteCredentialFile(_folder["c.json"], await ContentAsync(TimeSpan.FromHours(1), container));
        Assert.True(await UntilAsync(async () =>
        {
            await store.StatAsync("a", default);
            return _told.Any(t => t.StartsWith("new credentials from the credential file", StringComparison.Ordinal));
        }));
    }

    private static async Task<bool> UntilAsync(Func<Task<bool>> holds)
    {
        for (var look = 0; look < 100; look++)
        {
            if (await holds())
                return true;
            await Task.Delay(100);
        }
        return false;
    }

    private async Task<byte[]> ContentAsync(TimeSpan validFor, params string[] containers)
    {
        var signer = await fixture.Azurite.Stores.SignerAsync(TimeProvider.System.GetUtcNow() + validFor, default);
        return BlobStores.CredentialContent(containers.ToDictionary(c => c, c => signer.UrlOf(c, Rights)));
    }

    private BlobStores Open(string? home, string? file = null) => BlobStores.Open(fixture.Azurite.AccountUrl, file ?? _folder["c.json"], new BlobStoreOptions
    {
        Renewal = home is null ? null : new CredentialRenewal(home, "credential.json"),
        Tell = what =>
        {
            lock (_told)
                _told.Add(what);
        },
    });
}
