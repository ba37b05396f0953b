using System.Text;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Ledgers;

namespace FedOperator.Operator.Tests.Ledgers;

/// <summary>What the credentials open that the operator issues, and what they do not: tried in a real account, with the operator's own code.</summary>
[Collection("Azurite")]
public sealed class IsolationTests(AzuriteFixture fixture)
{
    private static readonly OperatorSettings s_settings = new() { TrainerImage = "trainer:1" };

    // docs/protocol.md's table, written down a second time: the rights of each process, by container
    private static readonly Attempt[] s_all = [Attempt.Read, Attempt.List, Attempt.Create, Attempt.Write, Attempt.Delete];
    private static readonly Attempt[] s_client = [Attempt.Read, Attempt.Create, Attempt.Write];
    private static readonly Attempt[] s_reader = [Attempt.Read];
    private static readonly Attempt[] s_aggregator = [Attempt.Read, Attempt.List, Attempt.Delete];

    [Theory]
    [InlineData("edge-0")]
    [InlineData("hospital-b")]
    public async Task A_client_opens_its_own_containers_reads_the_global_one_and_nothing_else(string client)
    {
        var (job, other, issued) = await IssuedAsync();
        var allowed = new Dictionary<string, Attempt[]>(StringComparer.Ordinal)
        {
            [job.Global] = s_reader,
            [$"{job.Global}-{client}"] = s_client,
            [$"{job.Global}-p-{client}"] = s_all,
        };
        Assert.Empty(await ViolationsAsync(job, other, issued.Files[client], allowed));
    }

    [Fact]
    public async Task The_aggregator_writes_the_global_container_alone_and_sees_no_private_one()
    {
        var (job, other, issued) = await IssuedAsync();
        var allowed = job.Plan.Clients.ToDictionary(c => $"{job.Global}-{c.Name}", _ => s_aggregator, StringComparer.Ordinal);
        allowed.Add(job.Global, s_all);
        Assert.Empty(await ViolationsAsync(job, other, issued.Files["aggregator"], allowed));
    }

    [Fact]
    public async Task A_credential_that_has_ended_opens_nothing()
    {
        var (job, other, _) = await IssuedAsync();
        var ended = await job.IssueAsync(Ledgers(), TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(2));
        var nothing = new Dictionary<string, Attempt[]>(StringComparer.Ordinal);
        Assert.Empty(await ViolationsAsync(job, other, ended.Files["edge-0"], nothing));
        Assert.Empty(await ViolationsAsync(job, other, ended.Files["aggregator"], nothing));
    }

    /// <summary>The negative control: the same look finds what is wrong with a credential that is too broad.</summary>
    [Fact]
    public async Task A_credential_that_is_too_broad_is_found_out()
    {
        var (job, other, _) = await IssuedAsync();
        var signer = await fixture.Azurite.Stores.SignerAsync(TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1), default);
        var broad = BlobStores.CredentialContent(new Dictionary<string, Uri>(StringComparer.Ordinal)
        {
            [job.Global] = signer.UrlOf(job.Global, ContainerAccess.Read | ContainerAccess.List),
            [$"{job.Global}-p-edge-1"] = signer.UrlOf($"{job.Global}-p-edge-1", ContainerAccess.Read),
        });
        var violations = await ViolationsAsync(job, other, broad, new Dictionary<string, Attempt[]>(StringComparer.Ordinal) { [job.Global] = s_reader, [$"{job.Global}-edge-0"] = s_client });
        Assert.Contains($"{job.Global}: List is allowed", violations);
        Assert.Contains($"{job.Global}-p-edge-1: Read is allowed", violations);
        Assert.Contains($"{job.Global}-edge-0: Write is refused", violations);
    }

    [Fact]
    public async Task A_signature_is_in_no_blob_but_the_external_clients_credential_and_the_account_key_in_none()
    {
        var (job, _, issued) = await IssuedAsync();
        var ledgers = Ledgers();
        await ledgers.ControlAsync(job.Key, job.Uid, job.Job, new ControlDocument { Lost = ["edge-1"] }, default);
        var (withSignature, withKey, blobs) = (new List<string>(), 0, 0);
        foreach (var container in Containers.All(job.Plan))
        {
            var store = fixture.Azurite.Stores.Container(container);
            await foreach (var blob in store.ListAsync("", default))
            {
                var text = Encoding.UTF8.GetString((await store.ReadAsync(blob.Name, 1 << 20, null, default)).Content.Span);
                blobs++;
                if (text.Contains("sig=", StringComparison.Ordinal))
                    withSignature.Add($"{container}/{blob.Name}");
                if (text.Contains(FedOperator.Tests.Azurite.Azurite.AccountKey, StringComparison.Ordinal))
                    withKey++;
            }
        }
        Assert.Equal([$"{job.Global}-p-hospital-b/credential.json"], withSignature);
        Assert.Equal(0, withKey);
        Assert.Equal(3, blobs);
        // and it is the very file that its Secret has
        var there = await fixture.Azurite.Stores.Container($"{job.Global}-p-hospital-b").ReadAsync(LedgerPaths.Credential, 1 << 20, null, default);
        Assert.Equal(issued.Files["hospital-b"], there.Content.ToArray());
    }

    [Fact]
    public async Task Signatures_start_in_the_past_end_when_asked_and_are_for_https_where_the_account_is()
    {
        var until = TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(24);
        var (_, _, issued) = await IssuedAsync();
        Assert.Contains("st=", Encoding.UTF8.GetString(issued.Files["edge-0"]), StringComparison.Ordinal);
        Assert.DoesNotContain("spr=", Encoding.UTF8.GetString(issued.Files["edge-0"]), StringComparison.Ordinal);

        var secure = await BlobStores.WithKey(new Uri("https://account.blob.core.windows.net"), FedOperator.Tests.Azurite.Azurite.AccountKey).SignerAsync(until, default);
        var url = secure.UrlOf("fj-1", ContainerAccess.Read | ContainerAccess.Create);
        Assert.StartsWith("https://account.blob.core.windows.net/fj-1?", url.AbsoluteUri, StringComparison.Ordinal);
        Assert.Contains("spr=https&", url.Query, StringComparison.Ordinal);
        Assert.Contains("sp=rc&", url.Query, StringComparison.Ordinal);
        Assert.Contains("se=" + Uri.EscapeDataString(until.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture)), url.Query, StringComparison.Ordinal);
        Assert.Equal(until, secure.Until);
    }

    /// <summary>Everything in which the credential differs from what is allowed.</summary>
    private async Task<IReadOnlyList<string>> ViolationsAsync(ServedJob job, ServedJob other, byte[] credential, Dictionary<string, Attempt[]> allowed)
    {
        var intruder = new Intruder(fixture.Azurite.AccountUrl, fixture.Azurite.Stores, credential);
        var violations = new List<string>();
        foreach (var container in (string[])[.. Containers.All(job.Plan), other.Global, $"{other.Global}-edge-0"])
        {
            var expected = allowed.GetValueOrDefault(container) ?? [];
            var succeeds = await intruder.SucceedsAsync(container);
            violations.AddRange(succeeds.Except(expected).Select(a => $"{container}: {a} is allowed"));
            violations.AddRange(expected.Except(succeeds).Select(a => $"{container}: {a} is refused"));
        }
        if (await intruder.OpensAccountAsync())
            violations.Add("the account is open");
        return violations;
    }

    private async Task<(ServedJob Job, ServedJob Other, IssuedCredentials Issued)> IssuedAsync()
    {
        var (job, other) = (ServedJob.At(fixture.Azurite.AccountUrl), ServedJob.At(fixture.Azurite.AccountUrl));
        var ledgers = Ledgers();
        await job.PublishAsync(ledgers);
        await other.PublishAsync(ledgers);
        return (job, other, await job.IssueAsync(ledgers, TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(24)));
    }

    private static Operator.Ledgers.Ledgers Ledgers() => new(s_settings, ServedJob.Secret(FedOperator.Tests.Azurite.Azurite.AccountKey), TimeProvider.System);
}
