using FedOperator.Core.Storage;

namespace FedOperator.Core.Tests.Storage;

public sealed class BlobStoresTests
{
    [Fact]
    public async Task A_folders_sub_folders_are_its_containers()
    {
        using var folder = new Folder();
        var stores = BlobStores.Open("file://" + folder.Path);
        await stores.CreateContainerAsync("fj-1", default);
        var store = stores.Container("fj-1");
        Assert.Equal("fj-1", store.Name);
        await store.CreateAsync("a/b", "x"u8.ToArray(), default);
        Assert.Equal("x", await File.ReadAllTextAsync(folder["fj-1/a/b"]));
        await stores.DeleteContainerAsync("fj-1", default);
        Assert.False(Directory.Exists(folder["fj-1"]));
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("Abc")]
    [InlineData("a--b")]
    [InlineData("-abc")]
    [InlineData("../abc")]
    public void A_container_name_that_Azure_would_refuse_is_refused_everywhere(string name)
    {
        using var folder = new Folder();
        Assert.Equal(BlobFault.BadName, Assert.Throws<BlobStoreException>(() => BlobStores.Open("file://" + folder.Path).Container(name)).Fault);
    }

    [Theory]
    [InlineData("")]
    [InlineData("somewhere")]
    [InlineData("ftp://x")]
    [InlineData("https://account.blob.core.windows.net")]
    public void An_address_of_no_known_kind_or_without_its_credential_file_is_refused(string address) =>
        Assert.Throws<ArgumentException>(() => BlobStores.Open(address));

    [Fact]
    public void A_credential_file_that_is_absent_malformed_or_lacks_the_container_denies()
    {
        using var folder = new Folder();
        var stores = BlobStores.Open("https://x.example", folder["c.json"]);
        Assert.Equal(BlobFault.Denied, Assert.Throws<BlobStoreException>(() => stores.Container("abc")).Fault);
        File.WriteAllText(folder["c.json"], "{\"containers\": {\"abc\": ");
        Assert.Equal(BlobFault.Denied, Assert.Throws<BlobStoreException>(() => stores.Container("abc")).Fault);
        File.WriteAllText(folder["c.json"], "{\"containers\": {\"abd\": \"https://x.example/abd?sig=SECRET\"}}");
        var lacking = Assert.Throws<BlobStoreException>(() => stores.Container("abc"));
        Assert.Contains("abc", lacking.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", lacking.ToString(), StringComparison.Ordinal);
    }
}
