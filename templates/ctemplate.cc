// SPDX-License-Identifier: ISC
// The only file that knows ctemplate, which is C++: no exception leaves it.
// ctemplate tells what is wrong with a template on std::cerr only, and lets
// an unknown name expand to nothing; so its words are caught while it loads,
// and the names are checked before, with the line they stand in.
#include "templates/ctemplate.h"

#include <ctemplate/template.h>
#include <cstring>
#include <iostream>
#include <memory>
#include <new>
#include <sstream>
#include <string>
#include "templates/mime.h"

using ctemplate::ExpandEmitter;
using ctemplate::PerExpandData;
using ctemplate::Template;
using ctemplate::TemplateDictionary;
using ctemplate::TemplateString;

struct tpl {
    std::unique_ptr<Template> loaded;
    std::string out; // kept, so that its memory is
    size_t before = 0, behind = 0;
};

// The C side's values are ctemplate's dictionary under another name.
static TemplateDictionary *
dictionary(struct tpl_values *v)
{
    return reinterpret_cast<TemplateDictionary *>(v);
}

static struct tpl_values *
values(TemplateDictionary *d)
{
    return reinterpret_cast<struct tpl_values *>(d);
}

namespace
{

// Lets a C function write to ctemplate's output.
void
emit(void *to, const char *bytes, size_t n)
{
    static_cast<ExpandEmitter *>(to)->Emit(bytes, n);
}

class Link : public ctemplate::TemplateModifier
{
    void Modify(const char *in, size_t n, const PerExpandData *data,
        ExpandEmitter *out, const std::string &arg) const override
    {
        if (mime_url_fits(in, n))
            ctemplate::html_escape.Modify(in, n, data, out, arg);
        else
            out->Emit("#", 1);
    }
};

class QuotedPrintable : public ctemplate::TemplateModifier
{
    void Modify(const char *in, size_t n, const PerExpandData *,
        ExpandEmitter *out, const std::string &) const override
    {
        mime_qp_value(in, n, emit, out);
    }
};

class Word : public ctemplate::TemplateModifier
{
    void Modify(const char *in, size_t n, const PerExpandData *,
        ExpandEmitter *out, const std::string &) const override
    {
        mime_words_value(in, n, emit, out);
    }
};

const Link link_modifier;
const QuotedPrintable qp_modifier;
const Word word_modifier;

// std::cerr goes into a string for as long as this lives.
class CaughtWords
{
  public:
    CaughtWords() : before_(std::cerr.rdbuf(words_.rdbuf()))
    {
    }
    ~CaughtWords()
    {
        std::cerr.rdbuf(before_);
    }
    CaughtWords(const CaughtWords &) = delete;
    CaughtWords &operator=(const CaughtWords &) = delete;

    std::string one_line() const
    {
        std::string s = words_.str();
        for (char &c : s)
            if (c == '\n')
                c = ' ';
        return s;
    }

  private:
    std::ostringstream words_;
    std::streambuf *before_;
};

bool
is_known(const std::string &name, const char *const *known)
{
    for (; *known != nullptr; known++)
        if (name == *known)
            return true;
    return false;
}

// Whether NAME:modifier:modifier may stand in a template of that kind.  An
// unknown x- modifier would quietly do nothing, and "none" leaves a value
// unescaped: that is for HTML which we wrote ourselves.
bool
modifiers_fit(const std::string &marker, enum tpl_kind kind)
{
    static const char *const for_html[] = {"h", "u", "x-link", nullptr};
    static const char *const for_compiled[] = {
        "h", "u", "x-qp", "x-word", nullptr};
    static const char *const for_text[] = {nullptr};
    size_t at = marker.find(':');

    if (kind == TPL_HTML && (marker == "BODY:none" || marker == "FOOTER:none"))
        return true;
    while (at != std::string::npos) {
        size_t next = marker.find(':', at + 1);
        std::string one = marker.substr(
            at + 1, next == std::string::npos ? next : next - at - 1);

        if (!is_known(one, kind == TPL_HTML       ? for_html
                           : kind == TPL_COMPILED ? for_compiled
                                                  : for_text))
            return false;
        at = next;
    }
    return true;
}

// Finds the first marker in text that is not one of known.
enum result
check_names(const char *what, const std::string &text, enum tpl_kind kind,
    const char *const *known, struct fault *f)
{
    const char *open = kind == TPL_COMPILED ? "@@" : "{{";
    const char *close = kind == TPL_COMPILED ? "@@" : "}}";
    size_t at = 0;

    while ((at = text.find(open, at)) != std::string::npos) {
        size_t begin = at + strlen(open);
        size_t end = text.find(close, begin);
        long line = 1;

        if (end == std::string::npos)
            break; // ctemplate tells it
        std::string marker = text.substr(begin, end - begin);
        at = end + strlen(close);
        if (!marker.empty() && marker[0] == '!')
            continue; // a comment
        if (!marker.empty() && (marker[0] == '#' || marker[0] == '/'))
            marker.erase(0, 1);
        bool there = is_known(marker.substr(0, marker.find(':')), known);
        if (there && modifiers_fit(marker, kind))
            continue;
        for (size_t i = 0; i < begin; i++)
            line += text[i] == '\n';
        return fault_set(f, RES_STOP, "%s, line %ld: %s %s%.60s%s", what, line,
            there ? "this modifier cannot stand in" : "there is nothing called",
            open, marker.c_str(), close);
    }
    return RES_OK;
}

enum result
load(const char *what, const char *text, size_t n, enum tpl_kind kind,
    const char *const *known, struct tpl **out, struct fault *f)
{
    static bool modifiers_known = false;
    std::string source(text, n);
    bool compiled = kind == TPL_COMPILED;

    if (!modifiers_known) {
        (void)ctemplate::AddXssSafeModifier("x-link", &link_modifier);
        (void)ctemplate::AddModifier("x-qp", &qp_modifier);
        (void)ctemplate::AddModifier("x-word", &word_modifier);
        modifiers_known = true;
    }
    enum result r = check_names(what, source, kind, known, f);
    if (r != RES_OK)
        return r;
    // Pragma and delimiters must be the very first bytes.
    if (kind == TPL_HTML)
        source.insert(0, "{{%AUTOESCAPE context=\"HTML\"}}");
    if (compiled)
        source.insert(0, "{{=@@ @@=}}");
    auto t = std::make_unique<struct tpl>();
    CaughtWords words;
    t->loaded.reset(Template::StringToTemplate(
        TemplateString(source.data(), source.size()), ctemplate::DO_NOT_STRIP));
    if (!t->loaded)
        return fault_set(f, RES_STOP, "%s: %s", what, words.one_line().c_str());
    *out = t.release();
    return RES_OK;
}

} // namespace

enum result
tpl_new(const char *what, const char *text, size_t n, enum tpl_kind kind,
    const char *const *known, struct tpl **out, struct fault *f)
{
    try {
        return load(what, text, n, kind, known, out, f);
    } catch (const std::bad_alloc &) {
        fault_no_memory();
    } catch (...) {
        return fault_set(f, RES_STOP, "%s: ctemplate failed", what);
    }
}

void
tpl_free(struct tpl *t)
{
    delete t;
}

void
tpl_room(struct tpl *t, size_t before, size_t behind)
{
    t->before = before;
    t->behind = behind;
}

struct tpl_values *
tpl_values_new(void)
{
    try {
        return values(new TemplateDictionary("letter"));
    } catch (...) {
        fault_no_memory();
    }
}

void
tpl_values_free(struct tpl_values *v)
{
    delete dictionary(v);
}

void
tpl_set(struct tpl_values *v, const char *name, const char *value)
{
    try {
        dictionary(v)->SetValueWithoutCopy(name, value);
    } catch (...) {
        fault_no_memory();
    }
}

void
tpl_show(struct tpl_values *v, const char *section)
{
    try {
        dictionary(v)->ShowSection(section);
    } catch (...) {
        fault_no_memory();
    }
}

struct tpl_values *
tpl_add(struct tpl_values *v, const char *section)
{
    try {
        return values(dictionary(v)->AddSectionDictionary(section));
    } catch (...) {
        fault_no_memory();
    }
}

enum result
tpl_expand(struct tpl *t, const struct tpl_values *v, char **out, size_t *n,
    struct fault *f)
{
    try {
        t->out.resize(t->before);
        if (!t->loaded->Expand(
                &t->out, reinterpret_cast<const TemplateDictionary *>(v)))
            return fault_set(f, RES_STOP, "ctemplate could not expand");
        *n = t->out.size() - t->before;
        t->out.append(t->behind, '\0');
        *out = t->out.data() + t->before;
        return RES_OK;
    } catch (const std::bad_alloc &) {
        fault_no_memory();
    } catch (...) {
        return fault_set(f, RES_STOP, "ctemplate failed to expand");
    }
}
