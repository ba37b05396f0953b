using FedOperator.Core.Api;
using FedOperator.Core.Storage;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Ledgers;

namespace FedOperator.Operator.Tests.Ledgers;

public sealed class StorageOutagesTests
{
    private static readonly StorageSpec s_storage = new() { AzureBlob = new AzureBlobSpec { AccountUrl = "https://lab.blob.core.windows.net" } };

    private readonly ManualTime _time = new();
    private readonly StorageOutages _outages;

    public StorageOutagesTests() => _outages = new StorageOutages(_time);

    [Theory]
    [InlineData("no answer from the store (ConnectionRefused)", "no answer from the store (ConnectionRefused)")]
    [InlineData("the store answered 503 ServerBusy", "the store answered 503 ServerBusy")]
    [InlineData("no answer from the store (TaskCanceledException)", "no answer in time")]
    [InlineData("no answer from the store (TimedOut)", "no answer in time")]
    public async Task An_outage_is_told_in_the_same_words_whichever_blob_was_asked_for(string cause, string told)
    {
        var expected = $"spec.storage.azureBlob.accountUrl https://lab.blob.core.windows.net: {told}. Is the account's name right, and may the operator reach it (network policy, firewall, proxy)?";
        foreach (var blob in new[] { "fj-1/plan.json", "fj-2/progress.json", "fj-3" })
        {
            Assert.Equal(expected, (await RefusedAsync(Away($"{blob}: {cause}"))).Trouble.Message);
            Assert.Equal(expected, (await RefusedAsync(() => throw new InvalidOperationException("nobody asks a storage that is away"))).Trouble.Message);
            _time.Advance(TimeSpan.FromSeconds(5));
        }
    }

    [Fact]
    public async Task Who_waits_in_vain_says_the_same_as_who_is_told_so()
    {
        var silent = new TaskCompletionSource<bool>();
        var waiting = _outages.RunAsync(s_storage, TimeSpan.FromSeconds(10), async token => await silent.Task.WaitAsync(token), _ => true, CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(10));
        var first = await Assert.ThrowsAsync<LedgerAccessException>(() => waiting);
        Assert.Equal(first.Trouble, (await RefusedAsync(() => throw new InvalidOperationException("nobody asks"))).Trouble);
        Assert.Contains("no answer in time", first.Trouble.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_an_answer_of_the_storage_ends_an_outage()
    {
        var away = (await RefusedAsync(Away("fj-1/plan.json: no answer from the store (ConnectionRefused)"))).Trouble;
        _time.Advance(TimeSpan.FromSeconds(5));
        // No key to ask with; and a signature, which is made without asking.
        var keyless = new LedgerTrouble(LedgerTroubles.CredentialsSecretMissing, "no such Secret");
        Assert.Equal(keyless, (await RefusedAsync(() => throw new LedgerAccessException(keyless))).Trouble);
        await StillAwayAsync(away);
        Assert.True(await _outages.RunAsync(s_storage, TimeSpan.FromSeconds(10), _ => Task.FromResult(true), _ => false, CancellationToken.None));
        await StillAwayAsync(away);
        // A refusal is an answer.
        await Assert.ThrowsAsync<BlobStoreException>(() => RunAsync(() => throw new BlobStoreException(BlobFault.Denied, "fj-1: the store answered 403")));
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => RunAsync(() => Task.FromResult(true))));
    }

    /// <summary>While one tries, others are told at once: what they would not be if the outage were over.</summary>
    private async Task StillAwayAsync(LedgerTrouble trouble)
    {
        var answer = new TaskCompletionSource<bool>();
        using var stop = new CancellationTokenSource();
        var trying = _outages.RunAsync(s_storage, TimeSpan.FromSeconds(10), async token => await answer.Task.WaitAsync(token), _ => true, stop.Token);
        Assert.Equal(trouble, (await RefusedAsync(() => throw new InvalidOperationException("one tries at a time"))).Trouble);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trying);
    }

    private Task<LedgerAccessException> RefusedAsync(Func<Task<bool>> call) => Assert.ThrowsAsync<LedgerAccessException>(() => RunAsync(call));

    private Task<bool> RunAsync(Func<Task<bool>> call) => _outages.RunAsync(s_storage, TimeSpan.FromSeconds(10), _ => call(), _ => true, CancellationToken.None);

    private static Func<Task<bool>> Away(string message) => () => throw new BlobStoreException(BlobFault.Unavailable, message);
}
