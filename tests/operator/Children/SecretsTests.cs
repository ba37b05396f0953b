using System.Text;
using FedOperator.Core.Storage;
using FedOperator.Operator.Children;
using FedOperator.Operator.Ledgers;
using FedOperator.Operator.Tests.Ledgers;

namespace FedOperator.Operator.Tests.Children;

public sealed class SecretsTests
{
    private static readonly DateTimeOffset s_until = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    [Fact]
    public void Pods_share_one_Secret_and_an_external_client_has_its_own_with_the_command()
    {
        var job = ServedJob.At("https://account.blob.core.windows.net");
        var secrets = Secrets.For(job.Key, job.Uid, job.Job, Issued("aggregator", "edge-0", "edge-1", "hospital-b") with { External = ["hospital-b"] });

        Assert.Equal(["test-credentials", "test.hospital-b.credential"], secrets.Select(s => s.Metadata.Name));
        Assert.Equal(["aggregator.json", "edge-0.json", "edge-1.json"], secrets[0].Data.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("of edge-1", Encoding.UTF8.GetString(secrets[0].Data["edge-1.json"]));
        Assert.Equal("of hospital-b", Encoding.UTF8.GetString(secrets[1].Data["credential.json"]));
        var run = Encoding.UTF8.GetString(secrets[1].Data["run.txt"]);
        Assert.Contains($"trainer train --store https://account.blob.core.windows.net --credential credential.json --job {job.Plan.Job} --client hospital-b --state state --data DATA", run, StringComparison.Ordinal);
        Assert.Contains("2026-05-04 03:02:01Z", run, StringComparison.Ordinal);
        Assert.DoesNotContain("of hospital-b", run, StringComparison.Ordinal);
        Assert.All(secrets, secret =>
        {
            Assert.Equal("Opaque", secret.Type);
            Assert.Equal("silo", secret.Metadata.NamespaceProperty);
            Assert.Equal("test", secret.Metadata.Labels["fedoperator.io/job"]);
            Assert.Equal("fed-operator", secret.Metadata.Labels["app.kubernetes.io/managed-by"]);
            var owner = Assert.Single(secret.Metadata.OwnerReferences);
            Assert.Equal(("fedoperator.io/v1alpha1", "FederatedJob", "test", job.Uid, true), (owner.ApiVersion, owner.Kind, owner.Name, owner.Uid, owner.Controller == true));
        });
        Assert.Equal("hospital-b", secrets[1].Metadata.Labels["fedoperator.io/process"]);
    }

    [Fact]
    public void A_pod_finds_its_key_by_its_number_however_many_clients_there_are()
    {
        var job = ServedJob.At("https://account.blob.core.windows.net");
        var names = Enumerable.Range(0, 250).Select(i => $"edge-{i}").Order(StringComparer.Ordinal).ToList();
        var secrets = Secrets.For(job.Key, job.Uid, job.Job, Issued([.. names, "aggregator"])).ToDictionary(s => s.Metadata.Name, StringComparer.Ordinal);
        Assert.Equal(3, secrets.Count);
        Assert.True(secrets[ChildNames.Secret("test")].Data.ContainsKey(ChildNames.SecretKey("aggregator")));
        foreach (var (index, name) in names.Index())
            Assert.True(secrets[ChildNames.Secret("test", names.Count, index)].Data.ContainsKey(ChildNames.SecretKey(name)));
    }

    [Fact]
    public void Secrets_of_two_jobs_in_a_namespace_never_have_one_name()
    {
        string[] jobs = ["a", "a-b", "a-b-c", "a-credentials", "b--c"];
        string[] clients = ["a", "b", "c", "b-c", "credential", "c-credential", "credentials-1"];
        var names = jobs.SelectMany(job => clients.Select(client => ChildNames.ExternalSecret(job, client)).Concat([ChildNames.Secret(job), ChildNames.Secret(job, 200, 100)])).ToList();
        Assert.Equal(names.Count, names.Distinct(StringComparer.Ordinal).Count());
        Assert.All(names, name => Assert.Matches("^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", name));
    }

    [Theory]
    [InlineData(100, 1)]
    [InlineData(1000, 10)]
    [InlineData(2000, 21)]
    public void Secrets_hold_the_longest_credentials_that_there_can_be(int clients, int count)
    {
        // What a user delegation key signs is the longest; names are as long as they may be.
        static Uri Signed(string container) => new(
            $"https://abcdefghijklmnopqrstuvwx.blob.core.windows.net/{container}?skoid=01234567-89ab-cdef-0123-456789abcdef&sktid=01234567-89ab-cdef-0123-456789abcdef"
            + "&skt=2026-05-04T03%3A02%3A01Z&ske=2026-05-11T03%3A02%3A01Z&sks=b&skv=2022-11-02&sv=2022-11-02&spr=https&st=2026-05-04T03%3A02%3A01Z&se=2026-05-11T03%3A02%3A01Z&sr=c&sp=racwdl"
            // 43 letters of base64 and one =, of which two or three need an escape; here eleven do
            + "&sig=" + new string('a', 33) + string.Concat(Enumerable.Repeat("%2B", 10)) + "%3D");
        var id = new string('0', 32);
        var names = Enumerable.Range(0, clients).Select(i => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"a-client-with-a-long-{i:D4}")).ToList();
        Assert.All(names, name => Assert.Equal(25, name.Length));
        byte[] File(IEnumerable<string> containers) => BlobStores.CredentialContent(containers.ToDictionary(c => c, Signed, StringComparer.Ordinal));
        var files = names.ToDictionary(n => n, n => File([$"fj-{id}", $"fj-{id}-{n}", $"fj-{id}-p-{n}"]), StringComparer.Ordinal);
        files.Add("aggregator", File(names.Select(n => $"fj-{id}-{n}").Prepend($"fj-{id}")));

        var job = ServedJob.At("https://account.blob.core.windows.net");
        var secrets = Secrets.For(job.Key, job.Uid, job.Job, new IssuedCredentials(files, s_until));
        Assert.Equal(count, secrets.Count);
        Assert.All(secrets, secret => Assert.InRange(secret.Data.Sum(entry => entry.Key.Length + entry.Value.Length), 1, 1 << 20));
    }

    [Fact]
    public void Where_nothing_is_issued_there_is_no_Secret()
    {
        var job = ServedJob.At("https://account.blob.core.windows.net");
        Assert.Empty(Secrets.For(job.Key, job.Uid, job.Job, Issued()));
    }

    private static IssuedCredentials Issued(params string[] processes) => new(processes.ToDictionary(p => p, p => Encoding.UTF8.GetBytes("of " + p), StringComparer.Ordinal), s_until);
}
