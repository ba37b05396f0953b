using System.Text;
using FedOperator.Core.Storage;

namespace FedOperator.Core.Tests.Storage;

/// <summary>What every store promises. One class of tests a store.</summary>
public abstract class BlobStoreContract
{
    /// <summary>A fresh, empty container; every call of the returned function opens it anew, as another process would.</summary>
    protected abstract Task<Func<IBlobStore>> NewContainerAsync();

    [Fact]
    public async Task A_created_blob_is_read_back()
    {
        var store = await OpenAsync();
        var eTag = await store.CreateAsync("rounds/000001/train/open.json", "hello"u8.ToArray(), default);
        Assert.NotNull(eTag);
        var read = await store.ReadAsync("rounds/000001/train/open.json", 100, null, default);
        Assert.Equal((BlobReadStatus.Found, "hello", eTag), (read.Status, Encoding.UTF8.GetString(read.Content.Span), read.ETag));
        Assert.Equal(new BlobProperties(5, eTag), await store.StatAsync("rounds/000001/train/open.json", default));
    }

    [Fact]
    public async Task An_empty_blob_is_a_blob()
    {
        var store = await OpenAsync();
        Assert.NotNull(await store.CreateAsync("empty", default, default));
        Assert.Equal(BlobReadStatus.Found, (await store.ReadAsync("empty", 0, null, default)).Status);
        await store.ReadRangeAsync("empty", 0, Memory<byte>.Empty, null, default);
    }

    [Fact]
    public async Task A_taken_name_is_not_created_again_and_keeps_its_content()
    {
        var store = await OpenAsync();
        var first = await store.CreateAsync("a", "one"u8.ToArray(), default);
        Assert.Null(await store.CreateAsync("a", "two"u8.ToArray(), default));
        var read = await store.ReadAsync("a", 100, null, default);
        Assert.Equal(("one", first), (Encoding.UTF8.GetString(read.Content.Span), read.ETag));
    }

    [Fact]
    public async Task One_of_many_that_create_the_same_name_wins_and_the_blob_is_the_winners()
    {
        var open = await NewContainerAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () => (i, ETag: await open().CreateAsync("race/cut.json", new[] { (byte)i }, default)))));
        var winner = Assert.Single(results, r => r.ETag is not null);
        var read = await open().ReadAsync("race/cut.json", 1, null, default);
        Assert.Equal((byte)winner.i, Assert.Single(read.Content.ToArray()));
        Assert.Equal(winner.ETag, read.ETag);
    }

    [Fact]
    public async Task Absent_blobs_are_told_apart_from_failures()
    {
        var store = await OpenAsync();
        Assert.Null(await store.StatAsync("no/such", default));
        Assert.Equal(new BlobRead(BlobReadStatus.Absent, default, null), await store.ReadAsync("no/such", 1, null, default));
        Assert.Equal(new BlobRead(BlobReadStatus.Absent, default, null), await store.ReadAsync("no/such", 1, "\"etag\"", default));
        await FaultAsync(BlobFault.Missing, () => store.ReadRangeAsync("no/such", 0, new byte[1], null, default));
        await store.DeleteAsync("no/such", default);
    }

    [Fact]
    public async Task A_blob_that_the_caller_knows_is_not_read_again()
    {
        var store = await OpenAsync();
        var eTag = await store.CreateAsync("a", "one"u8.ToArray(), default);
        Assert.Equal(new BlobRead(BlobReadStatus.NotModified, default, eTag), await store.ReadAsync("a", 100, eTag, default));
        await store.WriteAsync("a", "two"u8.ToArray(), null, default);
        Assert.Equal("two"u8.ToArray(), (await store.ReadAsync("a", 100, eTag, default)).Content.ToArray());
    }

    [Fact]
    public async Task A_blob_longer_than_accepted_is_not_read()
    {
        var store = await OpenAsync();
        await store.CreateAsync("a", new byte[11], default);
        await FaultAsync(BlobFault.TooLong, () => store.ReadAsync("a", 10, null, default));
        Assert.Equal(11, (await store.ReadAsync("a", 11, null, default)).Content.Length);
    }

    [Fact]
    public async Task A_range_is_read_whole_or_not_at_all()
    {
        var store = await OpenAsync();
        var eTag = await store.CreateAsync("a", Enumerable.Range(0, 100).Select(i => (byte)i).ToArray(), default);
        var part = new byte[10];
        await store.ReadRangeAsync("a", 90, part, eTag, default);
        Assert.Equal(Enumerable.Range(90, 10).Select(i => (byte)i), part);
        await FaultAsync(BlobFault.Missing, () => store.ReadRangeAsync("a", 91, part, null, default));
        await FaultAsync(BlobFault.Missing, () => store.ReadRangeAsync("a", 1000, part, null, default));
    }

    [Fact]
    public async Task A_range_of_a_replaced_blob_is_refused_to_who_asks_for_the_old_one()
    {
        var store = await OpenAsync();
        var old = await store.CreateAsync("a", new byte[10], default);
        var now = await store.WriteAsync("a", new byte[10], null, default);
        await FaultAsync(BlobFault.Changed, () => store.ReadRangeAsync("a", 0, new byte[1], old, default));
        await store.ReadRangeAsync("a", 0, new byte[1], now, default);
    }

    [Fact]
    public async Task A_version_that_was_just_read_is_refused_once_it_is_replaced_or_deleted()
    {
        var open = await NewContainerAsync();
        var (reader, writer) = (open(), open());
        var first = await writer.CreateAsync("a", new byte[10], default);
        await reader.ReadRangeAsync("a", 0, new byte[1], first, default);
        var second = await writer.WriteAsync("a", new byte[10], null, default);
        await FaultAsync(BlobFault.Changed, () => reader.ReadRangeAsync("a", 0, new byte[1], first, default));
        await reader.ReadRangeAsync("a", 0, new byte[1], second, default);
        await writer.DeleteAsync("a", default);
        // a store may look at the condition first, or for the blob
        var gone = await Assert.ThrowsAsync<BlobStoreException>(() => reader.ReadRangeAsync("a", 0, new byte[1], second, default));
        Assert.True(gone.Fault is BlobFault.Missing or BlobFault.Changed, gone.Message);
    }

    [Fact]
    public async Task The_ETag_changes_with_every_replacement_even_by_the_same_content()
    {
        var store = await OpenAsync();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 30; i++)
            Assert.True(seen.Add((await store.WriteAsync("heartbeat.json", "x"u8.ToArray(), null, default))!));
        Assert.Equal((await store.StatAsync("heartbeat.json", default))!.ETag, seen.Last());
    }

    [Fact]
    public async Task A_conditional_write_replaces_only_what_the_caller_saw()
    {
        var store = await OpenAsync();
        Assert.Null(await store.WriteAsync("a", "x"u8.ToArray(), "\"0x1\"", default));
        Assert.Null(await store.StatAsync("a", default));
        var first = await store.CreateAsync("a", "one"u8.ToArray(), default);
        var second = await store.WriteAsync("a", "two"u8.ToArray(), first, default);
        Assert.NotNull(second);
        Assert.Null(await store.WriteAsync("a", "three"u8.ToArray(), first, default));
        Assert.Equal("two"u8.ToArray(), (await store.ReadAsync("a", 100, null, default)).Content.ToArray());
    }

    [Fact]
    public async Task One_of_many_conditional_writes_of_the_same_version_wins()
    {
        var open = await NewContainerAsync();
        var eTag = await open().CreateAsync("a", "0"u8.ToArray(), default);
        var results = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => open().WriteAsync("a", new[] { (byte)i }, eTag, default))));
        Assert.Single(results, r => r is not null);
    }

    [Fact]
    public async Task A_reader_never_sees_half_a_replacement()
    {
        var open = await NewContainerAsync();
        await open().WriteAsync("a", new byte[10_000], null, default);
        var writing = Task.Run(async () =>
        {
            var store = open();
            for (var i = 1; i <= 40; i++)
                await store.WriteAsync("a", Enumerable.Repeat((byte)i, 10_000 + i).ToArray(), null, default);
        });
        var reader = open();
        do
        {
            var content = (await reader.ReadAsync("a", 20_000, null, default)).Content.ToArray();
            Assert.Equal(10_000 + content[0], content.Length);
            Assert.All(content.Distinct(), b => Assert.Equal(content[0], b));
        }
        while (!writing.IsCompleted);
        await writing;
    }

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

    protected static async Task<BlobStoreException> FaultAsync(BlobFault fault, Func<Task> call)
    {
        var thrown = await Assert.ThrowsAsync<BlobStoreException>(call);
        Assert.Equal(fault, thrown.Fault);
        return thrown;
    }

    protected static async Task<List<BlobItem>> ListAsync(IBlobStore store, string prefix)
    {
        var items = new List<BlobItem>();
        await foreach (var item in store.ListAsync(prefix, default))
            items.Add(item);
        return items;
    }

    private async Task<IBlobStore> OpenAsync() => (await NewContainerAsync())();
}
