# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import hashlib
import logging
import os
from collections import defaultdict

from sql import Literal
from sql.aggregate import Count, Min
from sql.conditionals import Case
from sql.operators import Exists

import trytond.config as config
from trytond.filestore import filestore
from trytond.i18n import gettext
from trytond.model import Index, Model, ModelSQL, ModelView, Unique, fields
from trytond.modules.safety_base import image
from trytond.modules.safety_base.access import CopyAccessMixin, check_readable
from trytond.modules.safety_base.attachment import count_recent
from trytond.modules.safety_base.boolean_search import asks_for_true
from trytond.modules.safety_base.file_name import safe_name
from trytond.modules.safety_base.guard.value import from_context
from trytond.modules.safety_base.workflow import acting_employee, now
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, check_access, without_check_access

from ..exceptions import PhotoAccessError, PhotoRequiredError

logger = logging.getLogger(__name__)
STORE_PREFIX = config.get('hazard', 'photo_store_prefix', default=None)
SLICE = 1000
# Of a hazard in all its rounds, and of a user
COUNT_MAX, DAY_MAX = 100, 500
STAGES = [
    ('found', "When Found"),
    ('on_site', "Fixed on the Spot"),
    ('rectified', "After the Rectification"),
    ('recheck', "At the Recheck"),
    ('acceptance', "At the Acceptance"),
    ]
# The stage of a photo by the field of what it belongs to
OWNERS = {
    'rectification': 'rectified',
    'recheck': 'recheck',
    'acceptance': 'acceptance',
    }

_states = {
    'readonly': Eval('id', -1) >= 0,
    }


class Photo(CopyAccessMixin, ModelSQL, ModelView):
    __name__ = 'hazard.photo'
    _rec_name = 'filename'
    _log = False
    _search_latest = True
    # The field of the digest by that of the file
    _file_digests = {
        'image': 'sha256',
        'thumbnail': 'thumbnail_sha256',
        'preview': 'preview_sha256',
        }

    hazard = fields.Many2One(
        'hazard.hazard', "Hazard", required=True, ondelete='CASCADE',
        states=_states)
    company = fields.Many2One(
        'company.company', "Company", required=True, readonly=True)
    stage = fields.Selection(
        STAGES, "Stage", required=True, sort=False, states=_states)
    rectification = fields.Many2One(
        'hazard.rectification', "Rectification", ondelete='CASCADE',
        domain=[
            ('hazard', '=', Eval('hazard', -1)),
            ],
        states={
            'readonly': _states['readonly'],
            'required': Eval('stage') == 'rectified',
            'invisible': Eval('stage') != 'rectified',
            })
    recheck = fields.Many2One(
        'hazard.recheck', "Recheck", ondelete='CASCADE',
        domain=[
            ('hazard', '=', Eval('hazard', -1)),
            ],
        states={
            'readonly': _states['readonly'],
            'required': Eval('stage') == 'recheck',
            'invisible': Eval('stage') != 'recheck',
            })
    acceptance = fields.Many2One(
        'hazard.acceptance', "Acceptance", ondelete='CASCADE',
        domain=[
            ('hazard', '=', Eval('hazard', -1)),
            ],
        states={
            'readonly': _states['readonly'],
            'required': Eval('stage') == 'acceptance',
            'invisible': Eval('stage') != 'acceptance',
            })
    image = fields.Binary(
        "Photo", required=True, filename='filename',
        file_id='image_id', store_prefix=STORE_PREFIX, states=_states,
        help="A JPEG, PNG or WebP picture of at most 10 MB.\n"
        "The file is kept as it is, including the place that the camera may "
        "have recorded in it.")
    image_id = fields.Char("Photo ID", readonly=True)
    filename = fields.Char("File Name", states=_states)
    sha256 = fields.Char("SHA-256", required=True, readonly=True)
    width = fields.Integer("Width", required=True, readonly=True)
    height = fields.Integer("Height", required=True, readonly=True)
    taken_at = fields.DateTime("Taken At", required=True, readonly=True)
    taken_source = fields.Selection([
            ('camera', "Camera"),
            ('upload', "Upload"),
            ], "Time According To", required=True, readonly=True,
        help="Whether the camera recorded the time or it is the time when "
        "the photo was sent.")
    uploaded_by = fields.Many2One(
        'company.employee', "Uploaded By", readonly=True)
    thumbnail = fields.Binary(
        "Thumbnail", readonly=True,
        file_id='thumbnail_id', store_prefix=STORE_PREFIX)
    thumbnail_id = fields.Char("Thumbnail ID", readonly=True)
    thumbnail_sha256 = fields.Char(
        "SHA-256 of the Thumbnail", readonly=True,
        help="Empty for older photos.")
    preview = fields.Binary(
        "Preview", readonly=True,
        file_id='preview_id', store_prefix=STORE_PREFIX)
    preview_id = fields.Char("Preview ID", readonly=True)
    preview_sha256 = fields.Char(
        "SHA-256 of the Preview", readonly=True,
        help="Empty for older photos.")
    duplicate = fields.Function(
        fields.Boolean(
            "Used Elsewhere",
            help="The same photo is on another hazard of the company."),
        'get_duplicate', searcher='search_duplicate')
    duplicate_hazards = fields.Function(
        fields.Char(
            "Also On",
            states={
                'invisible': ~Eval('duplicate'),
                }),
        'get_duplicate')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints = [
            ('hazard_image_unique', Unique(t, t.hazard, t.sha256),
                'hazard.msg_photo_hazard_unique'),
            ]
        cls._sql_indexes.update({
                Index(
                    t,
                    (t.company, Index.Equality()),
                    (t.sha256, Index.Equality())),
                Index(
                    t,
                    (t.hazard, Index.Equality()),
                    (t.id, Index.Range())),
                })
        cls._order = [('hazard', 'DESC'), ('id', 'ASC')]

    @classmethod
    def default_hazard(cls):
        return from_context('photo_hazard', int)

    @classmethod
    def default_stage(cls):
        return from_context('photo_stage', str, 'found')

    @classmethod
    def get_duplicate(cls, photos, names):
        numbers = defaultdict(set)
        cursor = Transaction().connection.cursor()
        for sub_photos in grouped_slice(photos, SLICE):
            cursor.execute(*cls._same_query([p.id for p in sub_photos]))
            for photo, hazard, number in cursor:
                numbers[photo].add(number or f'({hazard})')
        result = {
            'duplicate': {p.id: p.id in numbers for p in photos},
            'duplicate_hazards': {
                p.id: ', '.join(sorted(numbers[p.id])) for p in photos},
            }
        return {n: result[n] for n in names}

    @classmethod
    def _same_query(cls, ids):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        photo = cls.__table__()
        same = cls.__table__()
        hazard = Hazard.__table__()
        return (photo
            .join(same, condition=cls._is_same(photo, same))
            .join(hazard, condition=same.hazard == hazard.id)
            .select(
                photo.id, hazard.id, hazard.number,
                where=fields.SQL_OPERATORS['in'](photo.id, ids)))

    @classmethod
    def _is_same(cls, photo, same):
        return ((photo.company == same.company)
            & (photo.sha256 == same.sha256)
            & (photo.hazard != same.hazard))

    @classmethod
    def duplicates(cls, column):
        "Return a query of the column of the photos that are used elsewhere."
        photo = cls.__table__()
        same = cls.__table__()
        return photo.select(
            getattr(photo, column),
            where=Exists(same.select(
                    Literal(1), where=cls._is_same(photo, same))))

    @classmethod
    def search_duplicate(cls, name, clause):
        return [('id', _inselect(clause), cls.duplicates('id'))]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(Eval('duplicate', False), 'warning', '')),
            ('/form//group[@id="new"]', 'states', {
                    'invisible': Eval('id', -1) >= 0,
                    }),
            ('/form//group[@id="stored"]', 'states', {
                    'invisible': Eval('id', -1) < 0,
                    }),
            ]

    @classmethod
    def create(cls, vlist):
        if Transaction().check_access:
            cls._check_before(vlist)
        return super().create(vlist)

    @classmethod
    def _check_before(cls, vlist):
        "Check whether the user may add the photos before they are decoded."
        with without_check_access():
            photos = [
                cls(
                    hazard=values.get('hazard') or cls.default_hazard(),
                    rectification=values.get('rectification'),
                    recheck=values.get('recheck'),
                    acceptance=values.get('acceptance'),
                    stage=values.get('stage'),
                    filename=values.get('filename'))
                for values in vlist]
            for photo, values in zip(photos, vlist):
                for name, value in cls._get_owner_values(values).items():
                    setattr(photo, name, value)
            cls._check_owners([p for p in photos if p.owner], True)

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if mode == 'create':
            values.update(cls._get_owner_values(values))
            if values.get('image'):
                values.update(cls._get_image_values(values))
            else:
                # Else any stored file could be named, with other values.
                values['image_id'] = None
        return values

    @classmethod
    def _get_owner_values(cls, values):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        result = {}
        for name in [n for n in OWNERS if values.get(n)][-1:]:
            Owner = pool.get(f'hazard.{name}')
            # Of one owner only
            result.update(dict.fromkeys(OWNERS.keys() - {name}))
            result['hazard'] = Owner(values[name]).hazard.id
            result['stage'] = OWNERS[name]
        hazard = (
            result.get('hazard') or values.get('hazard')
            or cls.default_hazard())
        if hazard:
            result['company'] = Hazard(hazard).company.id
        return result

    @classmethod
    def _get_image_values(cls, values):
        pool = Pool()
        Company = pool.get('company.company')
        company = Company(values['company']) if 'company' in values else None
        at = now()
        picture = image.read(
            bytes(values['image']),
            timezone=company.timezone if company else None,
            now=at)
        return {
            'filename': _get_filename(
                values.get('filename'), picture.extensions),
            'sha256': picture.sha256,
            'width': picture.width,
            'height': picture.height,
            'taken_at': picture.taken_at or at,
            'taken_source': 'camera' if picture.taken_at else 'upload',
            'uploaded_by': acting_employee(company) if company else None,
            'image_id': None,
            'thumbnail': picture.thumbnail,
            'thumbnail_id': None,
            'thumbnail_sha256': hashlib.sha256(picture.thumbnail).hexdigest(),
            'preview': picture.preview,
            'preview_id': None,
            'preview_sha256': hashlib.sha256(picture.preview).hexdigest(),
            }

    @classmethod
    def check_modification(cls, mode, photos, values=None, external=False):
        super().check_modification(
            mode, photos, values=values, external=external)
        if mode == 'write':
            raise PhotoAccessError(gettext(
                    'hazard.msg_photo_modify', photo=photos[0].rec_name))
        cls._check_owners(photos, external)
        if mode == 'create' and external:
            cls._check_number(photos)

    @classmethod
    def on_modification(cls, mode, photos, field_names=None):
        pool = Pool()
        super().on_modification(mode, photos, field_names=field_names)
        for name in ['recheck', 'acceptance']:
            Owner = pool.get(f'hazard.{name}')
            if owners := {o for p in photos if (o := getattr(p, name))}:
                Owner.withdraw(list(owners))

    @classmethod
    def _check_owners(cls, photos, external):
        pool = Pool()
        ModelAccess = pool.get('ir.model.access')
        owners = defaultdict(set)
        for photo in photos:
            owner = photo.owner
            if external:
                with check_access():
                    # Before any error could tell of it
                    check_readable([owner])
            if not photo._is_open(owner):
                raise PhotoAccessError(gettext(
                        'hazard.msg_photo_closed',
                        photo=photo.filename or '',
                        record=owner.rec_name,
                        state=owner.state_string))
            owners[owner.__class__].add(owner)
        if external:
            with check_access():
                for Owner, records in owners.items():
                    ModelAccess.check(Owner.__name__, 'write')
                    Owner.check_editor(list(records))

    @classmethod
    @without_check_access
    def _check_number(cls, photos):
        if count_recent(cls, 'image') > DAY_MAX:
            raise PhotoAccessError(gettext(
                    'hazard.msg_photo_day', count=DAY_MAX))
        for hazard in {p.hazard for p in photos}:
            if cls.search([('hazard', '=', hazard.id)], count=True) > (
                    COUNT_MAX):
                raise PhotoAccessError(gettext(
                        'hazard.msg_photo_count',
                        record=hazard.rec_name, count=COUNT_MAX))

    @property
    def owner(self):
        "The record that the photo is part of and which must be open."
        return {
            'rectified': self.rectification,
            'recheck': self.recheck,
            'acceptance': self.acceptance,
            }.get(self.stage) or self.hazard

    def _is_open(self, owner):
        return owner.state in owner._editable_states

    @classmethod
    def copy(cls, photos, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('image_id')
        default.setdefault('thumbnail_id')
        default.setdefault('preview_id')
        return super().copy(photos, default=default)

    @classmethod
    def get_thumbnails(cls, hazards):
        "Return the first photo's thumbnail of each hazard by hazard id."
        result = {h.id: None for h in hazards}
        cursor = Transaction().connection.cursor()
        first = cls.__table__()
        photo = cls.__table__()
        prefix = STORE_PREFIX or Transaction().database.name
        for sub_hazards in grouped_slice(hazards, SLICE):
            query = first.select(
                Min(first.id),
                where=fields.SQL_OPERATORS['in'](
                    first.hazard, [h.id for h in sub_hazards]),
                group_by=first.hazard)
            cursor.execute(*photo.select(
                    photo.hazard, photo.thumbnail_id,
                    where=photo.id.in_(query)
                    & (photo.thumbnail_id != '')))
            for hazard, thumbnail_id in cursor:
                try:
                    result[hazard] = filestore.get(thumbnail_id, prefix)
                except OSError:
                    # A list must open whatever happened to the files.
                    logger.exception(
                        "failed to retrieve %r from filestore at %r",
                        thumbnail_id, prefix)
        return result

    @classmethod
    def get_counts(cls, hazards):
        "Return the number of photos and of those used elsewhere by hazard id."
        result = {h.id: (0, 0) for h in hazards}
        cursor = Transaction().connection.cursor()
        photo = cls.__table__()
        same = cls.__table__()
        for sub_hazards in grouped_slice(hazards, SLICE):
            elsewhere = Exists(same.select(
                    Literal(1), where=cls._is_same(photo, same)))
            cursor.execute(*photo.select(
                    photo.hazard, Count(Literal(1)),
                    Count(Case((elsewhere, 1))),
                    where=fields.SQL_OPERATORS['in'](
                        photo.hazard, [h.id for h in sub_hazards]),
                    group_by=photo.hazard))
            for hazard, count, duplicates in cursor:
                result[hazard] = count, duplicates
        return result

    @classmethod
    def check_required(cls, rectifications):
        """Check that the rectifications have the photos that the settings of
        their companies ask for, else raise PhotoRequiredError."""
        missing = [r for r in rectifications if cls._is_required(r)]
        if missing:
            photos = cls.search([
                    ('rectification', 'in', [r.id for r in missing]),
                    ])
            shown = {p.rectification for p in photos}
            for rectification in missing:
                if rectification not in shown:
                    raise PhotoRequiredError(gettext(
                            'hazard.msg_photo_required',
                            rectification=rectification.rec_name))

    @classmethod
    def _is_required(cls, rectification):
        pool = Pool()
        Configuration = pool.get('hazard.configuration')
        settings = Configuration.settings(rectification.company.id)
        required = settings['require_photo']
        if required == 'major':
            grade = rectification.hazard.grade
            return bool(grade) and grade.legal_class == 'major'
        return required == 'always'


class PhotoMixin(Model):
    "Show photos of a hazard on itself or on its stages, in lists too."
    __slots__ = ()

    thumbnail = fields.Function(
        fields.Binary("Photo"), 'get_photo_summary')
    photo_count = fields.Function(
        fields.Integer("Photos"), 'get_photo_summary')
    duplicate_photo = fields.Function(
        fields.Boolean(
            "Photo Used Elsewhere",
            help="A photo of the hazard is on another hazard too."),
        'get_photo_summary', searcher='search_duplicate_photo')

    @classmethod
    def get_photo_summary(cls, records, names):
        # Whatever size the client asks for, sending the small pictures at
        # once saves it a request for each row of a list.
        pool = Pool()
        Photo = pool.get('hazard.photo')
        hazards = {r: r.photo_hazard for r in records}
        unique = list(set(hazards.values()))
        result = {n: {} for n in names}
        thumbnails = counts = {}
        if 'thumbnail' in names:
            thumbnails = Photo.get_thumbnails(unique)
        if names != ['thumbnail']:
            counts = Photo.get_counts(unique)
        for record, hazard in hazards.items():
            count, duplicates = counts.get(hazard.id, (0, 0))
            summary = {
                'thumbnail': thumbnails.get(hazard.id),
                'photo_count': count,
                'duplicate_photo': bool(duplicates),
                }
            for name in names:
                result[name][record.id] = summary[name]
        return result

    @property
    def photo_hazard(self):
        return self if self.__name__ == 'hazard.hazard' else self.hazard

    @classmethod
    def search_duplicate_photo(cls, name, clause):
        pool = Pool()
        Photo = pool.get('hazard.photo')
        field = 'id' if cls.__name__ == 'hazard.hazard' else 'hazard'
        return [(field, _inselect(clause), Photo.duplicates('hazard'))]


class HazardPhotoMixin(PhotoMixin):
    "Show the photos of the hazard on what belongs to it."
    __slots__ = ()

    hazard_photos = fields.Function(
        fields.Many2Many('hazard.photo', None, None, "Photos of the Hazard"),
        'get_hazard_photos')

    @classmethod
    def get_hazard_photos(cls, records, name):
        pool = Pool()
        Photo = pool.get('hazard.photo')
        photos = defaultdict(list)
        for photo in Photo.search([
                    ('hazard', 'in', list({r.hazard.id for r in records})),
                    ]):
            photos[photo.hazard].append(photo.id)
        return {r.id: photos[r.hazard] for r in records}


def _inselect(clause):
    return 'in' if asks_for_true(clause) else 'not in'


def _get_filename(filename, extensions):
    name, extension = os.path.splitext(safe_name(filename) or 'photo')
    if extension.lower() in extensions:
        return name + extension
    return name + extensions[0]
