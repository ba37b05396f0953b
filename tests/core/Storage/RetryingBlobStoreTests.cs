using FedOperator.Core.Storage;

namespace FedOperator.Core.Tests.Storage;

public sealed class RetryingBlobStoreTests : IDisposable
{
    private static readonly RetryOptions s_fast = new() { Attempts = 6, FirstDelay = TimeSpan.FromMilliseconds(1), LongestDelay = TimeSpan.FromMilliseconds(1) };
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Under_a_schedule_of_faults_every_call_ends_as_without_them(int seed)
    {
        var (store, faulty) = Open(FaultInjectingBlobStore.Schedule(seed, 400).ToArray());
        string? eTag = null;
        for (var i = 0; i < 30; i++)
        {
            Assert.NotNull(await store.CreateAsync($"d/{i:D2}", new[] { (byte)i }, default));
            eTag = await store.WriteAsync("heartbeat", BitConverter.GetBytes(i), eTag, default);
            Assert.NotNull(eTag);
            await using var draft = await store.DraftAsync(default);
            await draft.Content.WriteAsync(new byte[100 + i]);
            Assert.NotNull(await draft.CommitAsync($"u/{i:D2}", default));
        }
        var rows = new List<BlobItem>();
        await foreach (var item in store.ListAsync("d/", default))
            rows.Add(item);
        Assert.Equal(Enumerable.Range(0, 30).Select(i => new BlobItem($"d/{i:D2}", 1)), rows);
        Assert.Equal(29, BitConverter.ToInt32((await store.ReadAsync("heartbeat", 4, null, default)).Content.Span));
        var one = new byte[1];
        await store.ReadRangeAsync("d/17", 0, one, null, default);
        Assert.Equal(17, one[0]);
        await store.DeleteAsync("d/17", default);
        Assert.Null(await store.StatAsync("d/17", default));
        Assert.True(faulty.Calls > 120, $"{faulty.Calls} calls: the schedule did not bite");
    }

    [Fact]
    public async Task Without_retries_the_same_schedule_fails()
    {
        var (_, faulty) = Open([Injected.Fails]);
        await Assert.ThrowsAsync<BlobStoreException>(() => faulty.CreateAsync("a", default, default));
    }

    [Fact]
    public async Task A_create_whose_answer_was_lost_is_ours_if_the_content_is()
    {
        var (store, _) = Open([Injected.LosesAnswer]);
        Assert.NotNull(await store.CreateAsync("cut.json", "mine"u8.ToArray(), default));
    }

    [Fact]
    public async Task A_create_that_somebody_else_won_is_not_ours_however_often_it_was_tried()
    {
        var (store, _) = Open([Injected.Fails, Injected.Fails]);
        await new FileBlobStore(_folder["box"]).CreateAsync("cut.json", "them"u8.ToArray(), default);
        Assert.Null(await store.CreateAsync("cut.json", "mine"u8.ToArray(), default));
    }

    [Fact]
    public async Task A_create_of_a_taken_name_at_the_first_try_is_not_ours_even_with_the_same_content()
    {
        var (store, _) = Open([]);
        await new FileBlobStore(_folder["box"]).CreateAsync("cut.json", "same"u8.ToArray(), default);
        Assert.Null(await store.CreateAsync("cut.json", "same"u8.ToArray(), default));
    }

    [Fact]
    public async Task A_conditional_write_whose_answer_was_lost_is_ours_if_the_content_is()
    {
        var (store, _) = Open([Injected.None, Injected.LosesAnswer]);
        var eTag = await store.CreateAsync("a", "1"u8.ToArray(), default);
        var second = await store.WriteAsync("a", "2"u8.ToArray(), eTag, default);
        Assert.Equal((await store.StatAsync("a", default))!.ETag, second);
    }

    [Fact]
    public async Task A_draft_whose_answer_was_lost_is_success_and_one_of_another_length_is_not()
    {
        var (store, _) = Open([Injected.LosesAnswer, Injected.Fails]);
        await using (var draft = await store.DraftAsync(default))
        {
            await draft.Content.WriteAsync(new byte[10]);
            Assert.NotNull(await draft.CommitAsync("x", default));
        }
        await using (var draft = await store.DraftAsync(default))
        {
            await draft.Content.WriteAsync(new byte[11]);
            Assert.Null(await draft.CommitAsync("x", default));
        }
    }

    [Fact]
    public async Task Faults_that_are_not_transient_are_not_retried()
    {
        var (store, faulty) = Open([]);
        await store.CreateAsync("a", new byte[2], default);
        await Assert.ThrowsAsync<BlobStoreException>(() => store.ReadAsync("a", 1, null, default));
        Assert.Equal(2, faulty.Calls);
    }

    [Fact]
    public async Task After_the_last_attempt_the_fault_comes_through()
    {
        var (store, faulty) = Open(Enumerable.Repeat(Injected.Fails, 6));
        Assert.Equal(BlobFault.Unavailable, (await Assert.ThrowsAsync<BlobStoreException>(() => store.StatAsync("a", default))).Fault);
        Assert.Equal(6, faulty.Calls);
    }

    [Fact]
    public async Task Each_further_try_is_told_and_nothing_else()
    {
        var told = new List<BlobFault>();
        var faulty = new FaultInjectingBlobStore(new FileBlobStore(_folder["box"]), [Injected.Fails, Injected.Fails, Injected.None]);
        var store = new RetryingBlobStore(faulty, new BlobStoreOptions { Retry = s_fast with { Retried = told.Add } });
        Assert.Null(await store.StatAsync("a", default));
        Assert.Equal([BlobFault.Unavailable, BlobFault.Unavailable], told);
        await Assert.ThrowsAsync<BlobStoreException>(() => store.ReadRangeAsync("a", 0, new byte[1], null, default));
        Assert.Equal(2, told.Count);
    }

    [Fact]
    public void The_delay_doubles_up_to_its_bound_and_jitter_only_shortens_it()
    {
        var options = new RetryOptions();
        Assert.Equal([200, 400, 800, 1600, 3200, 6400, 10_000, 10_000], Enumerable.Range(1, 8).Select(a => options.DelayAfter(a, 0).TotalMilliseconds));
        Assert.Equal(100, options.DelayAfter(1, 1).TotalMilliseconds);
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        Assert.Contains("Attempts", Assert.Throws<ArgumentOutOfRangeException>(() => new RetryOptions { Attempts = 0 }.Validate()).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryOptions { Jitter = 1.1 }.Validate());
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryOptions { FirstDelay = TimeSpan.Zero }.Validate());
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryOptions { LongestDelay = TimeSpan.FromMilliseconds(1) }.Validate());
    }

    private (RetryingBlobStore Store, FaultInjectingBlobStore Faulty) Open(IEnumerable<Injected> schedule)
    {
        var faulty = new FaultInjectingBlobStore(new FileBlobStore(_folder["box"]), schedule);
        return (new RetryingBlobStore(faulty, new BlobStoreOptions { Retry = s_fast }), faulty);
    }
}
