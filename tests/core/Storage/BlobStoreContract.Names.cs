using FedOperator.Core.Storage;

namespace FedOperator.Core.Tests.Storage;

/// <summary>Drafts, listings, deletions and names.</summary>
public abstract partial class BlobStoreContract
{
    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(20_000_000)]
    public async Task A_draft_becomes_a_blob_at_its_commit_and_not_before(int length)
    {
        var store = await OpenAsync();
        var content = new byte[length];
        new Random(1).NextBytes(content);
        await using (var draft = await store.DraftAsync(default))
        {
            for (var offset = 0; offset < length; offset += 3_000_000)
                await draft.Content.WriteAsync(content.AsMemory(offset, Math.Min(3_000_000, length - offset)));
            Assert.Empty(await ListAsync(store, ""));
            Assert.NotNull(await draft.CommitAsync("updates/x.safetensors", default));
        }
        var read = await store.ReadAsync("updates/x.safetensors", length, null, default);
        Assert.True(read.Content.Span.SequenceEqual(content));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(9_000_000)]
    public async Task A_draft_does_not_take_a_taken_name(int length)
    {
        var store = await OpenAsync();
        await store.CreateAsync("updates/x", "first"u8.ToArray(), default);
        await using (var draft = await store.DraftAsync(default))
        {
            await draft.Content.WriteAsync(new byte[length]);
            Assert.Null(await draft.CommitAsync("updates/x", default));
        }
        Assert.Equal(5, (await store.StatAsync("updates/x", default))!.Length);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(9_000_000)]
    public async Task One_of_several_drafts_of_the_same_name_wins_and_the_blob_is_the_winners(int length)
    {
        var open = await NewContainerAsync();
        var results = await Task.WhenAll(Enumerable.Range(1, 4).Select(i => Task.Run(async () =>
        {
            await using var draft = await open().DraftAsync(default);
            await draft.Content.WriteAsync(Enumerable.Repeat((byte)i, length + i).ToArray());
            return (i, ETag: await draft.CommitAsync("updates/x", default));
        })));
        var winner = Assert.Single(results, r => r.ETag is not null);
        var read = await open().ReadAsync("updates/x", length + winner.i, null, default);
        Assert.Equal((length + winner.i, (byte)winner.i, (byte)winner.i), (read.Content.Length, read.Content.Span[0], read.Content.Span[^1]));
    }

    [Fact]
    public async Task A_draft_that_is_not_committed_leaves_nothing()
    {
        var store = await OpenAsync();
        await using (var draft = await store.DraftAsync(default))
            await draft.Content.WriteAsync(new byte[100]);
        Assert.Empty(await ListAsync(store, ""));
    }

    [Fact]
    public async Task A_listing_has_the_names_with_the_prefix_in_ordinal_order()
    {
        var store = await OpenAsync();
        string[] names = ["a/b/c", "a-b", "a.b", "a/b.json", "a/b/a", "ab", "B", "c/deep/er/x"];
        foreach (var name in names)
            await store.CreateAsync(name, new byte[name.Length], default);
        Assert.Equal(names.Order(StringComparer.Ordinal).Select(n => new BlobItem(n, n.Length)), await ListAsync(store, ""));
        Assert.Equal(["a/b.json", "a/b/a", "a/b/c"], (await ListAsync(store, "a/b")).Select(i => i.Name));
        Assert.Equal(["a/b/a", "a/b/c"], (await ListAsync(store, "a/b/")).Select(i => i.Name));
        Assert.Equal(["a-b", "a.b", "a/b.json", "a/b/a", "a/b/c", "ab"], (await ListAsync(store, "a")).Select(i => i.Name));
        Assert.Empty(await ListAsync(store, "no/such/"));
    }

    [Fact]
    public async Task A_deleted_blob_is_gone_and_its_name_is_free()
    {
        var store = await OpenAsync();
        await store.CreateAsync("a/b", "one"u8.ToArray(), default);
        await store.DeleteAsync("a/b", default);
        Assert.Null(await store.StatAsync("a/b", default));
        Assert.Empty(await ListAsync(store, ""));
        Assert.NotNull(await store.CreateAsync("a/b", "two"u8.ToArray(), default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("./a")]
    [InlineData(".tmp/lock")]
    [InlineData("a/.hidden")]
    [InlineData("a.")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("a?sv=1")]
    [InlineData("ü")]
    public async Task A_name_that_leaves_the_container_or_that_some_store_cannot_hold_is_refused(string name)
    {
        var store = await OpenAsync();
        await FaultAsync(BlobFault.BadName, () => store.CreateAsync(name, default, default));
        await FaultAsync(BlobFault.BadName, () => store.WriteAsync(name, default, null, default));
        await FaultAsync(BlobFault.BadName, () => store.ReadAsync(name, 1, null, default));
        await FaultAsync(BlobFault.BadName, () => store.StatAsync(name, default));
        await FaultAsync(BlobFault.BadName, () => store.DeleteAsync(name, default));
        await using var draft = await store.DraftAsync(default);
        await FaultAsync(BlobFault.BadName, () => draft.CommitAsync(name, default));
    }

    [Theory]
    [InlineData("../")]
    [InlineData("/")]
    [InlineData("a/../")]
    [InlineData(".tmp/")]
    public async Task A_prefix_that_leaves_the_container_is_refused(string prefix) =>
        await FaultAsync(BlobFault.BadName, async () => await ListAsync(await OpenAsync(), prefix));
}
