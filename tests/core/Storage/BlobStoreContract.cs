using System.Text;
using FedOperator.Core.Storage;

namespace FedOperator.Core.Tests.Storage;

/// <summary>What every store promises. One class of tests a store.</summary>
public abstract partial class BlobStoreContract
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
