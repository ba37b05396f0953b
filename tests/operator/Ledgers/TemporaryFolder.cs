namespace FedOperator.Operator.Tests.Ledgers;

/// <summary>A folder that is deleted when disposed.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("fed-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
