using FedOperator.Core.Storage;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Ledgers;
using FedOperator.Tests.Azurite;

namespace FedOperator.EndToEnd.Tests.Harness;

/// <summary>A storage account that can be stopped and started again, and the operator's side of the one job in it.</summary>
internal sealed class TestAccount : IAsyncDisposable
{
    private static readonly JobKey s_key = new("silo", "test");

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-account-").FullName;
    private readonly Ledgers _ledgers = new(
        new OperatorSettings { TrainerImage = "trainer:1" },
        (_, _, _) => Task.FromResult<IReadOnlyDictionary<string, byte[]>?>(new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["accountKey"] = System.Text.Encoding.UTF8.GetBytes(Azurite.AccountKey) }),
        TimeProvider.System);

    private Azurite? _azurite;

    private TestAccount()
    {
    }

    public string Url => _azurite!.AccountUrl;

    /// <summary>With all rights.</summary>
    public BlobStores Stores => _azurite!.Stores;

    public static async Task<TestAccount> StartAsync()
    {
        var account = new TestAccount();
        account._azurite = await Azurite.StartAsync(account._folder);
        return account;
    }

    /// <summary>Creates the job's containers and publishes its plan.</summary>
    public Task PublishAsync(TestJob job) => _ledgers.PublishAsync(s_key, job.Plan.Job, job.Job, job.Plan, CancellationToken.None);

    /// <summary>Issues credentials into the processes' files, as Secrets are mounted; an external client's file only at the first time.</summary>
    public async Task<DateTimeOffset> IssueAsync(TestJob job, TimeSpan validFor)
    {
        var issued = await CredentialsAsync(job, validFor);
        foreach (var (process, content) in issued.Files)
        {
            if (!issued.External.Contains(process, StringComparer.Ordinal) || !File.Exists(job.CredentialOf(process)))
                BlobStores.WriteCredentialFile(job.CredentialOf(process), content);
        }
        return issued.Until;
    }

    /// <summary>Issues credentials.</summary>
    public Task<IssuedCredentials> CredentialsAsync(TestJob job, TimeSpan validFor) =>
        _ledgers.IssueAsync(s_key, job.Plan.Job, job.Job, job.Plan, TimeProvider.System.GetUtcNow() + validFor, CancellationToken.None);

    /// <summary>Renews in good time, as the operator does, until cancelled.</summary>
    public async Task RenewAsync(TestJob job, TimeSpan validFor, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(validFor / 6, cancellationToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await IssueAsync(job, validFor);
        }
    }

    /// <summary>The account is away.</summary>
    public Task StopAsync() => _azurite!.StopAsync();

    /// <summary>The account is back at the same address, with what it held.</summary>
    public async Task RestartAsync()
    {
        var port = new Uri(_azurite!.Address).Port;
        await _azurite.DisposeAsync();
        _azurite = await Azurite.StartAsync(_folder, port);
    }

    /// <summary>`CONTAINER/BLOB` of all blobs of a job whose content has a text in it.</summary>
    public async Task<IReadOnlyList<string>> BlobsWithAsync(TestJob job, string text)
    {
        var found = new List<string>();
        foreach (var container in Containers.All(job.Plan))
        {
            var store = Stores.Container(container);
            await foreach (var blob in store.ListAsync("", CancellationToken.None))
            {
                var read = await store.ReadAsync(blob.Name, 1 << 24, ifNoneMatch: null, CancellationToken.None);
                if (read.Content.Span.IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0)
                    found.Add($"{container}/{blob.Name}");
            }
        }
        return found;
    }

    public async ValueTask DisposeAsync()
    {
        await _azurite!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
