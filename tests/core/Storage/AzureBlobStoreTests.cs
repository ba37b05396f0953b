using FedOperator.Core.Storage;

namespace FedOperator.Core.Tests.Storage;

/// <summary>One Azurite for all tests that need one.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    internal FedOperator.Tests.Azurite.Azurite Azurite { get; private set; } = null!;

    public async Task InitializeAsync() => Azurite = await FedOperator.Tests.Azurite.Azurite.StartAsync();

    public async Task DisposeAsync() => await Azurite.DisposeAsync();
}

[CollectionDefinition("Azurite")]
public sealed class AzuriteCollection : ICollectionFixture<AzuriteFixture>;

[Collection("Azurite")]
public sealed class AzureBlobStoreTests(AzuriteFixture fixture) : BlobStoreContract, IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_client_that_may_read_a_container_cannot_write_list_or_delete_there()
    {
        var global = await fixture.Azurite.NewContainerAsync();
        await fixture.Azurite.Stores.Container(global).CreateAsync("plan.json", "{}"u8.ToArray(), default);
        var client = (await OpenAsync((global, ContainerAccess.Read))).Container(global);
        Assert.Equal(BlobReadStatus.Found, (await client.ReadAsync("plan.json", 10, null, default)).Status);
        Assert.Equal(BlobReadStatus.Absent, (await client.ReadAsync("rounds/000001/train/open.json", 10, null, default)).Status);
        Assert.Null(await client.StatAsync("absent", default));
        await FaultAsync(BlobFault.Denied, () => client.CreateAsync("x", default, default));
        await FaultAsync(BlobFault.Denied, () => client.WriteAsync("plan.json", default, null, default));
        await FaultAsync(BlobFault.Denied, () => client.DeleteAsync("plan.json", default));
        await FaultAsync(BlobFault.Denied, () => ListAsync(client, ""));
        await using var draft = await client.DraftAsync(default);
        await draft.Content.WriteAsync(new byte[9_000_000]);
        await FaultAsync(BlobFault.Denied, () => draft.CommitAsync("updates/x", default));
    }

    [Fact]
    public async Task A_signature_for_one_container_opens_no_other()
    {
        var mine = await fixture.Azurite.NewContainerAsync();
        var other = await fixture.Azurite.NewContainerAsync();
        await fixture.Azurite.Stores.Container(other).CreateAsync("secret", "s"u8.ToArray(), default);
        var signed = await fixture.Azurite.IssueUrlAsync(mine, ContainerAccess.Read | ContainerAccess.List, TimeSpan.FromHours(1));
        BlobStores.WriteCredentialFile(_folder["c.json"], BlobStores.CredentialContent(new Dictionary<string, Uri> { [other] = new(signed.AbsoluteUri.Replace(mine, other, StringComparison.Ordinal)) }));
        var thief = BlobStores.Open(fixture.Azurite.AccountUrl, _folder["c.json"]).Container(other);
        await FaultAsync(BlobFault.Denied, () => thief.ReadAsync("secret", 10, null, default));
    }

    [Fact]
    public async Task The_aggregator_reads_lists_and_deletes_an_exchange_container_but_does_not_write_it()
    {
        var exchange = await fixture.Azurite.NewContainerAsync();
        var client = (await OpenAsync((exchange, ContainerAccess.Read | ContainerAccess.Create | ContainerAccess.Write))).Container(exchange);
        await client.CreateAsync("hello.json", "{}"u8.ToArray(), default);
        await client.WriteAsync("heartbeat.json", "{}"u8.ToArray(), null, default);
        var aggregator = (await OpenAsync((exchange, ContainerAccess.Read | ContainerAccess.List | ContainerAccess.Delete))).Container(exchange);
        Assert.Equal(2, (await ListAsync(aggregator, "")).Count);
        await FaultAsync(BlobFault.Denied, () => aggregator.WriteAsync("hello.json", default, null, default));
        await aggregator.DeleteAsync("hello.json", default);
        Assert.Null(await aggregator.StatAsync("hello.json", default));
    }

    [Fact]
    public async Task A_refused_credential_is_read_again_from_its_file()
    {
        var container = await fixture.Azurite.NewContainerAsync();
        var expired = await fixture.Azurite.IssueUrlAsync(container, ContainerAccess.Read | ContainerAccess.Create, TimeSpan.FromMinutes(-1));
        BlobStores.WriteCredentialFile(_folder["c.json"], BlobStores.CredentialContent(new Dictionary<string, Uri> { [container] = expired }));
        var store = BlobStores.Open(fixture.Azurite.AccountUrl, _folder["c.json"]).Container(container);
        var refused = await FaultAsync(BlobFault.Denied, () => store.CreateAsync("a", default, default));
        Assert.DoesNotContain("sig", refused.ToString(), StringComparison.OrdinalIgnoreCase);

        var renewed = await fixture.Azurite.IssueUrlAsync(container, ContainerAccess.Read | ContainerAccess.Create, TimeSpan.FromHours(1));
        BlobStores.WriteCredentialFile(_folder["c.json"], BlobStores.CredentialContent(new Dictionary<string, Uri> { [container] = renewed }));
        Assert.NotNull(await store.CreateAsync("a", default, default));
    }

    [Fact]
    public async Task No_message_has_a_signature_or_the_key()
    {
        var container = await fixture.Azurite.NewContainerAsync();
        var url = await fixture.Azurite.IssueUrlAsync(container, ContainerAccess.Read, TimeSpan.FromHours(1));
        var broken = new Uri(url.AbsoluteUri.Replace("sig=", "sig=AAAA", StringComparison.Ordinal));
        BlobStores.WriteCredentialFile(_folder["c.json"], BlobStores.CredentialContent(new Dictionary<string, Uri> { [container] = broken }));
        var store = BlobStores.Open(fixture.Azurite.AccountUrl, _folder["c.json"]).Container(container);
        var refused = await FaultAsync(BlobFault.Denied, () => store.ReadAsync("a", 1, null, default));
        Assert.DoesNotContain("AAAA", refused.ToString(), StringComparison.Ordinal);

        var closed = new Uri(url.AbsoluteUri.Replace(fixture.Azurite.Address, "http://127.0.0.1:1", StringComparison.Ordinal));
        BlobStores.WriteCredentialFile(_folder["d.json"], BlobStores.CredentialContent(new Dictionary<string, Uri> { [container] = closed }));
        var gone = BlobStores.Open("http://127.0.0.1:1/devstoreaccount1", _folder["d.json"], new BlobStoreOptions { Retry = new RetryOptions { Attempts = 1 } }).Container(container);
        var unavailable = await FaultAsync(BlobFault.Unavailable, () => gone.ReadAsync("a", 1, null, default));
        Assert.Contains("ConnectionRefused", unavailable.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sig", unavailable.ToString(), StringComparison.OrdinalIgnoreCase);

        var malformed = Assert.Throws<ArgumentException>(() => BlobStores.Open($"AccountName=x;AccountKey={FedOperator.Tests.Azurite.Azurite.AccountKey};BlobEndpoint=::"));
        Assert.DoesNotContain(FedOperator.Tests.Azurite.Azurite.AccountKey, malformed.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_credential_file_is_readable_by_its_owner_only()
    {
        BlobStores.WriteCredentialFile(_folder["c.json"], BlobStores.CredentialContent(new Dictionary<string, Uri> { ["abc"] = new("https://x.example/abc?sig=1") }));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["c.json"]));
    }

    [Fact]
    public async Task A_listing_goes_on_beyond_the_first_page()
    {
        var store = (await NewContainerAsync())();
        await Parallel.ForAsync(0, 5100, async (i, token) => await store.CreateAsync($"u/{i:D5}", default, token));
        Assert.Equal(Enumerable.Range(0, 5100).Select(i => $"u/{i:D5}"), (await ListAsync(store, "u/")).Select(i => i.Name));
    }

    protected override async Task<Func<IBlobStore>> NewContainerAsync()
    {
        var name = await fixture.Azurite.NewContainerAsync();
        return () => fixture.Azurite.Stores.Container(name);
    }

    private async Task<BlobStores> OpenAsync(params (string Container, ContainerAccess Access)[] grants)
    {
        var signer = await fixture.Azurite.Stores.SignerAsync(TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1), default);
        var file = _folder[Guid.NewGuid().ToString("N") + ".json"];
        BlobStores.WriteCredentialFile(file, BlobStores.CredentialContent(grants.ToDictionary(g => g.Container, g => signer.UrlOf(g.Container, g.Access))));
        return BlobStores.Open(fixture.Azurite.AccountUrl, file);
    }
}
