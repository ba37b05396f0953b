using System.Text;
using System.Text.RegularExpressions;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;

namespace FedOperator.ClusterEndToEnd.Harness;

/// <summary>Looks for the storage account's key and for signatures in everything that people and programs can read without being meant to have them.</summary>
internal static partial class Leaks
{
    /// <summary>Fails the test with every place that has one. Credentials lie in Secrets and in credential.json alone.</summary>
    /// <param name="run">Whose ledger; of the cluster, all is looked at.</param>
    public static async Task AssertNoneAsync(JobRun run)
    {
        var found = new List<string>();
        var looked = 0;
        void Look(string where, string text)
        {
            looked++;
            if (text.Contains(Azurite.AccountKey, StringComparison.Ordinal))
                found.Add($"{where}: the account's key");
            if (Signature().Match(text) is { Success: true } match)
                found.Add($"{where}: a signature, at {match.Index}");
        }

        foreach (var kind in (string[])["federatedjobs", "pods", "events", "configmaps", "leases", "deployments"])
            Look(kind, await new Kubectl().RunAsync("get", kind, "--all-namespaces", "-o", "yaml"));
        foreach (var log in Directory.EnumerateFiles("/var/log/pods", "*.log", SearchOption.AllDirectories))
        {
            try
            {
                Look(log, await File.ReadAllTextAsync(log));
            }
            catch (IOException) when (!File.Exists(log))
            {
                // Its pod is gone, and it with it.
            }
        }
        var plan = await run.PlanAsync();
        foreach (var container in plan.Clients.SelectMany(c => (string[])[LedgerPaths.ExchangeContainer(run.Id, c.Name), LedgerPaths.PrivateContainer(run.Id, c.Name)]).Prepend(LedgerPaths.GlobalContainer(run.Id)))
            await LookAsync(run.Stores.Container(container), Look);
        Assert.True(looked > 10, $"only {looked} places were looked at");
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    /// <summary>The signatures that a job's Secret holds are such as would be found: else the search proves nothing.</summary>
    public static async Task AssertWouldBeFoundAsync(JobRun run)
    {
        var secret = (await run.Kubectl.FindAsync("secret", run.Name + "-credentials"))!;
        foreach (var (_, value) in secret["data"]!.AsObject())
            Assert.Matches(Signature(), Encoding.UTF8.GetString(Convert.FromBase64String((string)value!)));
        var key = await run.Kubectl.RunAsync("get", "secret", "storage-key", "-o", "jsonpath={.data.accountKey}");
        Assert.Equal(Azurite.AccountKey, Encoding.UTF8.GetString(Convert.FromBase64String(key)));
    }

    // 32 bytes in base64, percent-encoded in URLs; as JSON may write it. The four letters alone come up in tensors.
    [GeneratedRegex(@"sig(=|\\u003[dD]|%3[dD])[A-Za-z0-9%/+]{40}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60000)]
    private static partial Regex Signature();

    private static async Task LookAsync(IBlobStore store, Action<string, string> look)
    {
        try
        {
            await foreach (var blob in store.ListAsync("", default))
            {
                if (blob.Name == LedgerPaths.Credential)
                    continue;
                var content = new byte[blob.Length];
                if (content.Length > 0)
                    await store.ReadRangeAsync(blob.Name, 0, content, null, default);
                look($"{store.Name}/{blob.Name}", Encoding.Latin1.GetString(content));
            }
        }
        catch (BlobStoreException) when (store.Name.Contains("-p-", StringComparison.Ordinal))
        {
            // Clients without personal state have no private container.
        }
    }
}
