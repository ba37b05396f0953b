namespace FedOperator.Core.Tests;

/// <summary>A temporary folder, removed at the end of its test.</summary>
internal sealed class Folder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("fed-test-").FullName;

    public string this[string name] => System.IO.Path.Join(Path, name);

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
