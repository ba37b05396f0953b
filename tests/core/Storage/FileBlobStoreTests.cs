using System.Diagnostics;
using System.Globalization;
using FedOperator.Core.Storage;

namespace FedOperator.Core.Tests.Storage;

public sealed class FileBlobStoreTests : BlobStoreContract, IDisposable
{
    private static readonly string Racer = Path.Join(AppContext.BaseDirectory, "FedOperator.BlobRace.dll");
    private readonly Folder _folder = new();
    private int _containers;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_a_killed_process_left_is_invisible_and_swept_by_the_next()
    {
        var folder = _folder["killed"];
        var start = new ProcessStartInfo("dotnet", ["exec", Racer, folder, "draft"]) { UseShellExecute = false, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        Assert.Equal("drafting", await process.StandardOutput.ReadLineAsync());
        var alive = new FileBlobStore(folder);
        Assert.Single(Directory.GetFiles(Path.Join(folder, ".tmp")));
        process.Kill();
        await process.WaitForExitAsync();
        Assert.Single(Directory.GetFiles(Path.Join(folder, ".tmp")));
        Assert.Empty(await ListAsync(alive, ""));
        Assert.Empty(await ListAsync(new FileBlobStore(folder), ""));
        Assert.Empty(Directory.GetFiles(Path.Join(folder, ".tmp")));
    }

    [Fact]
    public async Task A_living_writers_draft_survives_the_opening_of_its_container_by_another()
    {
        var store = new FileBlobStore(_folder["alive"]);
        await using var draft = await store.DraftAsync(default);
        await draft.Content.WriteAsync(new byte[100_000]);
        _ = new FileBlobStore(_folder["alive"]);
        Assert.NotNull(await draft.CommitAsync("a", default));
        Assert.Equal(100_000, (await store.StatAsync("a", default))!.Length);
    }

    [Fact]
    public async Task What_is_the_owners_is_for_no_other_user_to_read()
    {
        const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite, Folder = File | UnixFileMode.UserExecute;
        var store = new FileBlobStore(_folder["owner/container"], FileRights.Owner);
        await store.CreateAsync("state/a", new byte[3], default);
        await store.WriteAsync("b", new byte[3], null, default);
        await using (var draft = await store.DraftAsync(default))
            Assert.NotNull(await draft.CommitAsync("state/c", default));
        Assert.All(Directory.GetFiles(store.Folder, "*", SearchOption.AllDirectories), file => Assert.Equal(File, System.IO.File.GetUnixFileMode(file)));
        // By default the umask decides, which here is not as strict as that.
        await new FileBlobStore(_folder["umask"]).CreateAsync("a", default, default);
        await System.IO.File.WriteAllTextAsync(_folder["plain"], "");
        Assert.Equal(System.IO.File.GetUnixFileMode(_folder["plain"]), System.IO.File.GetUnixFileMode(_folder["umask/a"]));
        Assert.All([store.Folder, .. Directory.GetDirectories(store.Folder)], folder => Assert.Equal(Folder, System.IO.File.GetUnixFileMode(folder)));
    }

    [Fact]
    public async Task Nothing_but_the_lock_is_left_in_the_hidden_folder()
    {
        var store = new FileBlobStore(_folder["clean"]);
        await store.CreateAsync("a", new byte[3], default);
        await store.CreateAsync("a", new byte[3], default);
        await store.WriteAsync("a", new byte[3], null, default);
        await store.WriteAsync("a", new byte[3], "no", default);
        await using (await store.DraftAsync(default))
            Assert.Equal(2, Directory.GetFiles(_folder["clean/.tmp"]).Length);
        Assert.Equal(["lock"], Directory.GetFiles(_folder["clean/.tmp"]).Select(Path.GetFileName));
    }

    [Fact]
    public async Task One_of_many_processes_that_create_the_same_names_wins_each()
    {
        // each process tries to create blobs 0..49 with its own number as the content, and prints those that it won
        const int Processes = 4, Blobs = 50;
        var runs = Enumerable.Range(0, Processes).Select(i => Programs.RunAsync(
            "dotnet", "exec", Racer, _folder["processes"], i.ToString(CultureInfo.InvariantCulture), Blobs.ToString(CultureInfo.InvariantCulture)));
        var won = (await Task.WhenAll(runs)).Select(o => o.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToList()).ToList();
        Assert.Equal(Enumerable.Range(0, Blobs), won.SelectMany(w => w).Order());
        var store = new FileBlobStore(_folder["processes"]);
        for (var process = 0; process < Processes; process++)
        {
            foreach (var blob in won[process])
                Assert.Equal(process, (await store.ReadAsync($"race/{blob}", 1, null, default)).Content.Span[0]);
        }
    }

    [Fact]
    public async Task A_lock_that_a_stopped_process_holds_delays_conditional_replacements_only()
    {
        var store = new FileBlobStore(_folder["locked"]);
        var eTag = await store.WriteAsync("a", new byte[1], null, default);
        await store.WriteAsync("b", new byte[1], "no", default);
        var fd = LibC.Open(_folder["locked/.tmp/lock"], LibC.O_RDONLY, 0);
        Assert.Equal(0, LibC.Flock(fd, LibC.LOCK_EX));
        var replacing = store.WriteAsync("a", new byte[2], eTag, default);
        Assert.NotNull(await store.CreateAsync("b", new byte[1], default));
        Assert.NotNull(await store.WriteAsync("b", new byte[2], null, default));
        await store.DeleteAsync("b", default);
        Assert.False(replacing.IsCompleted);
        _ = LibC.Close(fd);
        Assert.NotNull(await replacing);
    }

    protected override Task<Func<IBlobStore>> NewContainerAsync()
    {
        var folder = _folder["box" + Interlocked.Increment(ref _containers)];
        return Task.FromResult<Func<IBlobStore>>(() => new FileBlobStore(folder));
    }
}
